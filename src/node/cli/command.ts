import type { Command } from 'commander';

/**
 * Adds a command to the program: its name, arguments, options and action. Each command is a file in `commands/` with such a
 * function as its default export, listed in `commands.ts`. Loading the file must be fast, so the action imports what it needs.
 * An action prints results to standard output, throws WpError, and never exits.
 */
export type AddCommand = (program: Command) => void;
