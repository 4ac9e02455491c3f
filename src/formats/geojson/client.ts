/** The script of maps: a feature and its row in the table are shown together. */
import { attachPanZoom } from '../../web/kit/pan-zoom/pan-zoom.ts';

attachPanZoom();

const table = document.querySelector('.properties');
let locked = false;

function partsOf(i: string): Element[] {
  return [...document.querySelectorAll(`.stage g[data-i="${i}"],.properties tr[data-i="${i}"]`)];
}

function light(i: string | undefined): void {
  for (const old of document.querySelectorAll('.stage g.on,.properties tr.on')) old.classList.remove('on');
  if (i !== undefined) for (const part of partsOf(i)) part.classList.add('on');
}

function indexOf(event: Event): string | undefined {
  return (event.target as Element).closest<HTMLElement | SVGElement>('[data-i]')?.dataset.i;
}

for (const place of document.querySelectorAll('.stage,.properties')) {
  place.addEventListener('pointerover', (event) => {
    if (!locked) light(indexOf(event));
  });
  place.addEventListener('click', (event) => {
    const i = indexOf(event);
    locked = i !== undefined;
    light(i);
    const row = i === undefined ? undefined : table?.querySelector<HTMLElement>(`tr[data-i="${i}"]`);
    if (row && table) table.scrollTop = row.offsetTop - table.clientHeight / 2;
  });
}
