import type { Renderer } from '../shared/renderer.ts';
import { toolOf } from './metrics/tools.ts';

export default {
  name: 'metrics',
  about: 'vmstat, iostat, mpstat, pidstat, sar, sadf and free -s as charts, also while they run',
  types: ['vmstat', 'iostat', 'mpstat', 'pidstat', 'sar', 'sadf', 'free'],
  preview: true,
  live: true,

  sniff(head) {
    const tool = head.includes(0) ? undefined : toolOf(new TextDecoder().decode(head));
    return tool === 'sysstat' ? 'sar' : tool === 'json' ? 'sadf' : tool;
  },

  async render(input, output) {
    const { metricsPage } = await import('./metrics/page.ts');
    await metricsPage(input, output);
  },
} satisfies Renderer;
