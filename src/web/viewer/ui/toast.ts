import { h } from './dom.ts';

/** How long a message without a button is shown, milliseconds. */
const DURATION = 4000;

/** A button in a toast. */
export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

/** Shows short messages at the bottom of the page, one at a time. */
export interface Toast {
  /**
   * Shows a message in place of the current one.
   * @param duration milliseconds
   */
  show(text: string, options?: { readonly action?: ToastAction; readonly duration?: number }): void;
  hide(): void;
}

export function createToast(): Toast {
  const element = h('div', { id: 'toast', role: 'status', 'aria-live': 'polite' });
  let timer: ReturnType<typeof setTimeout> | undefined;
  element.hidden = true;
  document.body.append(element);
  const hide = (): void => {
    clearTimeout(timer);
    element.hidden = true;
    element.replaceChildren();
  };
  return {
    hide,
    show(text, { action, duration = DURATION } = {}) {
      hide();
      element.append(h('span', {}, text), ...(action ? [actionButton(action)] : []));
      element.hidden = false;
      timer = setTimeout(hide, duration);
    },
  };
}

function actionButton({ label, run }: ToastAction): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'button small' }, label);
  button.addEventListener('click', run);
  return button;
}
