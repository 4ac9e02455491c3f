/** A button for the bar of a page. @param label what it does, for a pointer that rests on it and for screen readers */
export function button(text: string, label: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.title = made.ariaLabel = label;
  made.onclick = act;
  return made;
}
