import type { Format } from '../../shared/format.ts';

/** Fields that each entry of a journal has. */
const FIELDS = /^\s*\{.*"__(?:REALTIME_TIMESTAMP|CURSOR)"\s*:/;

export default {
  name: 'systemd-journal',
  about: 'journalctl -o json as a log with levels, units and times, also while it runs',
  types: ['journal', 'journal.json'],
  searchText: 'page',
  refines: ['json'],
  preview: true,
  live: true,

  sniff(head) {
    const [first = ''] = head.includes(0) ? [] : new TextDecoder().decode(head).split('\n', 1);
    return FIELDS.test(first) ? 'journal' : undefined;
  },

  async render(input, output) {
    const { journalPage } = await import('./page.ts');
    await journalPage(input, output);
  },
} satisfies Format;
