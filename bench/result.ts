/** One measured figure and the bar that it must not exceed; without a bar it is told for information. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly bar: number | null;
  readonly ok: boolean;
}

export const result = (name: string, value: number, bar?: number): Result => {
  const rounded = Math.round(value * 1000) / 1000;
  return { name, value: rounded, bar: bar ?? null, ok: bar === undefined || rounded <= bar };
};

export function table(results: readonly Result[]): string {
  const rows = [
    ["", "what", "value", "bar"],
    ...results.map(({ name, value, bar, ok }) => [
      ok ? "ok" : "MISS",
      name,
      String(value),
      bar === null ? "" : `${bar}`,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, at) => (at > 1 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))))
    .map((cells) => cells.join("  "))
    .join("\n");
}
