import type { Command } from 'commander';

/**
 * A command is one file in `commands/` that exports one of these as default and is named in `commands.ts`. It adds
 * itself to the program: name, arguments, options, and an action. Loading the file must be cheap: whatever the action
 * needs is imported inside it. An action prints results to standard output, throws WpError, and never exits.
 */
export type AddCommand = (program: Command) => void;
