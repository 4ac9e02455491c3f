/**
 * Creates a button.
 * @param label what it does: its tooltip, and its name for screen readers
 */
export function button(text: string, label: string, onClick: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = text;
  element.title = element.ariaLabel = label;
  element.onclick = onClick;
  return element;
}
