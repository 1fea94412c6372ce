/**
 * One command line for a POSIX shell from a list of arguments: sshd hands a single text to the user's shell, so every
 * argument is quoted and none of them is ever read as anything but itself.
 */
export function shellCommand(argv: readonly string[]): string {
  if (argv.length === 0) throw new RangeError("there is no command in an empty list");
  return argv.map(shellQuote).join(" ");
}

/** `it's` -> `'it'\''s'`; left alone where no shell finds anything special in it. */
export function shellQuote(argument: string): string {
  if (argument.includes("\0")) throw new RangeError("an argument cannot hold a NUL character");
  return /^[\w@%+:,./-]+$/.test(argument) ? argument : `'${argument.replace(/'/g, `'\\''`)}'`;
}
