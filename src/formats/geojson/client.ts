/** The script of a map: highlights a feature together with its row in the table. */
import { attachPanZoom } from '../../web/kit/pan-zoom/pan-zoom.ts';

attachPanZoom();

const table = document.querySelector('.properties');
/** Whether a click has fixed the highlight, so that the pointer does not move it. */
let isLocked = false;

function elementsOf(i: string): Element[] {
  return [...document.querySelectorAll(`.stage g[data-i="${i}"],.properties tr[data-i="${i}"]`)];
}

function highlight(i: string | undefined): void {
  for (const element of document.querySelectorAll('.stage g.on,.properties tr.on')) element.classList.remove('on');
  if (i !== undefined) for (const part of elementsOf(i)) part.classList.add('on');
}

function indexOf(event: Event): string | undefined {
  return (event.target as Element).closest<HTMLElement | SVGElement>('[data-i]')?.dataset.i;
}

for (const container of document.querySelectorAll('.stage,.properties')) {
  container.addEventListener('pointerover', (event) => {
    if (!isLocked) highlight(indexOf(event));
  });
  container.addEventListener('click', (event) => {
    const i = indexOf(event);
    isLocked = i !== undefined;
    highlight(i);
    const row = i === undefined ? undefined : table?.querySelector<HTMLElement>(`tr[data-i="${i}"]`);
    if (row && table) table.scrollTop = row.offsetTop - table.clientHeight / 2;
  });
}
