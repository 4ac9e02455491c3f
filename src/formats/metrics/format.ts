import type { Format } from '../../shared/format.ts';
import { toolOf } from './shared/tools.ts';

export default {
  name: 'metrics',
  about: 'vmstat, iostat, mpstat, pidstat, sar, sadf and free -s as charts, also while they run',
  types: ['vmstat', 'iostat', 'mpstat', 'pidstat', 'sar', 'sadf', 'free'],
  searchText: 'source',
  refines: ['json', 'txt', 'out'],
  preview: true,
  live: true,

  sniff(head) {
    const tool = head.includes(0) ? undefined : toolOf(new TextDecoder().decode(head));
    return tool === 'sysstat' ? 'sar' : tool === 'json' ? 'sadf' : tool;
  },

  async render(input, output) {
    const { metricsPage } = await import('./page.ts');
    await metricsPage(input, output);
  },
} satisfies Format;
