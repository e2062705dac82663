/** The event of the window with which the frame of a page says that it hears keys; `app/earlyPresses.ts` gives it those it kept. */
export const KEYS_HEARD = 'errand-keys-heard'
