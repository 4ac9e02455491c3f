import { statSync } from 'node:fs';
import type { Format } from '../../shared/format.ts';
import { FORMAT_OF_TYPE, recogniseProfile } from './detect.ts';

export default {
  name: 'flame',
  about:
    'Profiles as flame graphs: perf script, folded stacks, pprof, cpuprofile, heapprofile, py-spy, speedscope; Chrome traces by time',
  types: Object.keys(FORMAT_OF_TYPE),
  searchText: 'page',
  refines: ['json'],
  first: 64 * 1024,

  sniff: (head) => {
    const format = recogniseProfile(head);
    return format === 'trace' ? 'trace.json' : format;
  },

  async render(input, output) {
    const { flamePage } = await import('./page.ts');
    const { unreadablePage } = await import('../../node/kit/page/unreadable.ts');
    const { readProfiles } = await import('./read.ts');
    if (statSync(input.path).size === 0) return output.page(unreadablePage(input, 'The file is empty.'));
    let profiles: Awaited<ReturnType<typeof readProfiles>>;
    try {
      profiles = await readProfiles(input.path, input.type, input.part !== undefined);
    } catch (error) {
      // Some formats cannot be read from their beginning alone: then there is no preview.
      if (input.part || !(error instanceof Error) || error.name !== 'Error') throw error;
      return output.page(unreadablePage(input, `The profile could not be read: ${error.message}.`));
    }
    await output.page(await flamePage(input, output, profiles));
  },
} satisfies Format;
