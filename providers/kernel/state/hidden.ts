/** What the shells, the engine or a provider keep beside the inputs that were written. */
export const hidden = (key: string): boolean => key.startsWith("__");

/** What was written. */
export const withoutHidden = (props: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(props).filter(([key]) => !hidden(key)));
