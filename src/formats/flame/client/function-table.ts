import { weightText } from '../shared/facts.ts';
import { percentText, type ShownProfile } from './shown-profile.ts';

const COLUMNS = ['itself', '', 'with what it calls', '', 'function'];

/**
 * Fills the table of the functions with the largest self weight.
 * @param onChoose called with the name of a function that is clicked
 */
export function fillFunctionTable(
  table: HTMLTableElement,
  { profile }: ShownProfile,
  onChoose: (name: string) => void,
): void {
  const head = document.createElement('tr');
  for (const text of COLUMNS)
    head.append(Object.assign(document.createElement('th'), { textContent: text, scope: 'col' }));
  const rows = profile.top.map(([name, self, total]) => {
    const row = document.createElement('tr');
    for (const weight of [self, total])
      for (const text of [weightText(weight, profile.unit), percentText(profile, weight)])
        row.append(Object.assign(document.createElement('td'), { className: 'n', textContent: text }));
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: name });
    button.addEventListener('click', () => onChoose(name));
    row.insertCell().append(button);
    return row;
  });
  table.replaceChildren(head, ...rows);
}
