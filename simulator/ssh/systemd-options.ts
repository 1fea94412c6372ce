/** An option of systemd's programs, as `--name` or `--name=value`. */
interface SystemdOption {
  readonly name: string;
  readonly value: string;
}

/** Options, up to the first word that is none or to `--`, and the command behind them. */
export function splitOptions(args: readonly string[]): {
  readonly options: readonly SystemdOption[];
  readonly command: string[];
} {
  const first = args.findIndex((word) => word === "--" || !word.startsWith("-"));
  const end = first < 0 ? args.length : first;
  const options = args.slice(0, end).map((word) => {
    const [, name = "", value = ""] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    return { name, value };
  });
  return { options, command: args.slice(args[end] === "--" ? end + 1 : end) };
}
