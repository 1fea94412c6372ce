/** A report of a call that nobody reads, but for the warnings that are kept. */
export const silentReport = (warnings: string[] = []) => ({
  progress: () => undefined,
  result: () => undefined,
  warn: (text: string) => void warnings.push(text),
});
