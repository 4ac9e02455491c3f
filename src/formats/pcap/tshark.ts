import { execFile } from 'node:child_process';

/** Packets that are asked for. */
const PACKETS = 300;

/**
 * The first packets as tshark describes them, seven cells each: number, seconds, source, target, protocol, length and a
 * description. Undefined where tshark is not installed or does not answer in time. It resolves no names, so nobody hears
 * of the capture.
 */
export function describePackets(path: string, program = 'tshark'): Promise<string[][] | undefined> {
  const columns = ['%m', '%t', '%s', '%d', '%p', '%L', '%i'].map((field, i) => `"${i}","${field}"`).join(',');
  const args = ['-n', '-r', path, '-c', String(PACKETS), '-T', 'tabs', '-o', `gui.column.format:${columns}`];
  const limits = { timeout: 15_000, killSignal: 'SIGKILL', maxBuffer: 4 * 1024 * 1024 } as const;
  return new Promise((settle) => {
    const child = execFile(program, args, limits, (error, stdout) => {
      // Of a file that is cut it describes what is there, and fails.
      if (error && stdout === '') return settle(undefined);
      settle(
        stdout
          .split('\n')
          .filter((line) => line !== '')
          // Between source and target it writes an arrow of its own.
          .map((line) =>
            line
              .split('\t')
              .map((cell) => cell.trim())
              .filter((cell, i) => i !== 3 || cell !== '→'),
          ),
      );
    });
    child.stdin?.end();
  });
}
