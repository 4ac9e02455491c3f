/** Makes the drawing of a page zoomable, by buttons and Ctrl with the wheel, and movable by dragging. */
export function attachPanZoom(): void {
  const stage = document.querySelector<HTMLElement>('.stage');
  if (!stage) return;
  const drawing = () => stage.querySelector<HTMLElement | SVGSVGElement>(':scope>svg,:scope>img');
  let scale = 1;

  /** The drawing's own width in pixels. */
  function naturalWidth(): number {
    const element = drawing();
    if (element instanceof HTMLImageElement) return element.naturalWidth || element.width;
    return (element instanceof SVGSVGElement && element.viewBox.baseVal?.width) || element?.clientWidth || 1;
  }

  /** Sets the drawing's width. The point of the drawing at (`x`, `y`) in the box stays there. */
  function setWidth(
    width: number,
    x = stage ? stage.clientWidth / 2 : 0,
    y = stage ? stage.clientHeight / 2 : 0,
  ): void {
    const element = drawing();
    if (!element || !stage) return;
    const before = element.getBoundingClientRect().width || 1;
    const newWidth = Math.min(Math.max(width, 50), 30_000);
    const [left, top] = [stage.scrollLeft + x, stage.scrollTop + y];
    stage.classList.add('sized');
    element.style.width = `${newWidth}px`;
    scale = newWidth / before;
    stage.scrollLeft = left * scale - x;
    stage.scrollTop = top * scale - y;
  }

  const width = () => drawing()?.getBoundingClientRect().width ?? 1;
  const on = (id: string, action: () => void) => document.getElementById(id)?.addEventListener('click', action);
  on('smaller', () => setWidth(width() / 1.4));
  on('larger', () => setWidth(width() * 1.4));
  on('actual', () => setWidth(naturalWidth()));
  on('fit', () => {
    stage.classList.remove('sized');
    drawing()?.style.removeProperty('width');
  });
  stage.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = stage.getBoundingClientRect();
      setWidth(width() * Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
    },
    { passive: false },
  );
  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    const from = { x: event.clientX + stage.scrollLeft, y: event.clientY + stage.scrollTop };
    let moved = false;
    const move = (next: PointerEvent) => {
      moved ||= Math.abs(next.clientX - event.clientX) + Math.abs(next.clientY - event.clientY) > 4;
      if (!moved) return;
      stage.classList.add('drag');
      stage.scrollLeft = from.x - next.clientX;
      stage.scrollTop = from.y - next.clientY;
    };
    const end = () => {
      stage.classList.remove('drag');
      // A drag that ends over a link is not a click on it.
      const suppress = (click: Event) => click.preventDefault();
      if (moved) addEventListener('click', suppress, { capture: true, once: true });
      setTimeout(() => removeEventListener('click', suppress, { capture: true }));
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', end);
      removeEventListener('blur', end);
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', end);
    addEventListener('blur', end);
  });
  document.getElementById('zoom')?.removeAttribute('hidden');
}
