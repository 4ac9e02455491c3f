/** Appends a hidden tooltip to the page. */
export function createTooltip(): HTMLElement {
  const tooltip = document.createElement('div');
  tooltip.className = 'tip';
  tooltip.hidden = true;
  document.body.append(tooltip);
  return tooltip;
}

/** Shows a tooltip below a point of the window, or above it if there is no space below. */
export function showTooltip(
  tooltip: HTMLElement,
  title: string,
  text: string,
  { clientX, clientY }: { clientX: number; clientY: number },
): void {
  const heading = document.createElement('b');
  heading.textContent = title;
  tooltip.replaceChildren(heading, text);
  tooltip.hidden = false;
  const { width, height } = tooltip.getBoundingClientRect();
  tooltip.style.left = `${Math.max(4, Math.min(clientX + 12, innerWidth - width - 4))}px`;
  const below = clientY + 16;
  tooltip.style.top = `${below + height > innerHeight ? Math.max(0, clientY - height - 8) : below}px`;
}
