import type { Problem } from "./problems";

type Props = Record<string, unknown>;

/** Today's names of fields by those of earlier releases, with the object that they are in: `source.cloudImage`. */
export type Renamed = Readonly<Record<string, string>>;

const isObject = (value: unknown): value is Props =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The properties with each field by its new name, as far as they can be looked into; `old`: the old names found. */
export function withNewNames(props: Props, renamed: Renamed): { readonly props: Props; readonly old: string[] } {
  const old: string[] = [];
  let out = props;
  for (const [from, to] of Object.entries(renamed)) {
    const [key = "", inner] = from.split(".");
    if (inner === undefined) {
      if (out[key] === undefined) continue;
      out = withKey(out, key, to);
    } else {
      const within = out[key];
      if (!isObject(within) || within[inner] === undefined) continue;
      out = { ...out, [key]: withKey(within, inner, to) };
    }
    old.push(from);
  }
  const managed = out["__inputs"];
  if (old.length > 0 && Array.isArray(managed))
    out = { ...out, __inputs: managed.map((key: string) => (old.includes(key) ? renamed[key] : key)) };
  return { props: out, old };
}

/** In the old place; a new name that is there already wins. */
const withKey = (object: Props, from: string, to: string): Props =>
  Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) =>
      key === from ? (object[to] === undefined ? [[to, value]] : []) : [[key, value]],
    ),
  );

const newPath = (from: string, to: string): string => [...from.split(".").slice(0, -1), to].join(".");

/** What a program has written, by the new names; `twice`: what it has written by the old one and the new one. */
export function underNewNames(
  written: Props,
  renamed: Renamed,
  warn: (message: string) => void,
): { readonly given: Props; readonly twice: Problem[] } {
  const { props, old } = withNewNames(written, renamed);
  const twice: Problem[] = [];
  for (const from of old) {
    const to = renamed[from] as string;
    const [key = "", inner] = from.split(".");
    const now = newPath(from, to);
    warn(`${from}: is called ${now} now; write that: this release takes the old name, the next one does not`);
    if ((inner === undefined ? written : (written[key] as Props))[to] !== undefined)
      twice.push({ path: from, message: `is the old name of ${now}, which is there too; take ${from} out` });
  }
  return { given: props, twice };
}
