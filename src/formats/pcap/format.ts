import type { Format } from '../../shared/format.ts';

/** The first four bytes of pcap in either byte order, with microseconds or nanoseconds, and of pcapng. */
const MAGIC_NUMBERS = ['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d', '0a0d0d0a'];

export default {
  name: 'pcap',
  about: 'Captured packets (pcap, pcapng): times, protocols, conversations; the first packets if tshark is installed',
  types: ['pcap', 'pcapng', 'cap'],
  searchText: 'page',
  first: 256 * 1024,

  sniff: (head) =>
    head.length >= 24 && MAGIC_NUMBERS.includes(Buffer.from(head.subarray(0, 4)).toString('hex')) ? 'pcap' : undefined,

  async render(input, output) {
    const { pcapPage } = await import('./page.ts');
    await output.page(await pcapPage(input));
  },
} satisfies Format;
