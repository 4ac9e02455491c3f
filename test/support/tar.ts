/** A tar archive of files that all have the same contents, of single bytes. */
export function tarOf(names: readonly string[], contents: string): Buffer {
  const padding = Buffer.alloc((512 - (contents.length % 512)) % 512);
  const members = names.flatMap((name) => [headerOf(name, contents.length), Buffer.from(contents), padding]);
  return Buffer.concat([...members, Buffer.alloc(1024)]);
}

/** The header of a file in a tar archive (POSIX.1-1988, "ustar"). */
function headerOf(name: string, size: number): Buffer {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write('0000644\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0        0', 136);
  header.write('ustar\x0000', 257);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
