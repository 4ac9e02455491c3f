import { execFile } from 'node:child_process';

/** Number of packets that are described. */
const MAX_PACKETS = 300;

/**
 * Describes the first packets with tshark, in seven cells each: number, seconds, source, target, protocol, length and a
 * description. Returns undefined if tshark is not installed or takes too long. Names are not resolved, so no query
 * leaves the machine.
 */
export function describePackets(path: string, program = 'tshark'): Promise<string[][] | undefined> {
  const columns = ['%m', '%t', '%s', '%d', '%p', '%L', '%i'].map((field, i) => `"${i}","${field}"`).join(',');
  const args = ['-n', '-r', path, '-c', String(MAX_PACKETS), '-T', 'tabs', '-o', `gui.column.format:${columns}`];
  const limits = { timeout: 15_000, killSignal: 'SIGKILL', maxBuffer: 4 * 1024 * 1024 } as const;
  return new Promise((resolve) => {
    const child = execFile(program, args, limits, (error, stdout) => {
      // For an incomplete file tshark describes the complete packets and then fails.
      if (error && stdout === '') return resolve(undefined);
      resolve(
        stdout
          .split('\n')
          .filter((line) => line !== '')
          // tshark inserts an arrow between source and target.
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
