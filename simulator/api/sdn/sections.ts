import { contract } from "../../../contract/index.js";
import type { Call, Json } from "../../call.js";
import { die } from "../../errors.js";
import { digestOf } from "../../random.js";
import { emptyDigest } from "../fresh/cluster.js";
import { pendingRow } from "../../sdn/pending-rows.js";
import { runningSdn, sdnOf, type SdnKind } from "../../sdn/sdn.js";
import type { SdnSection } from "../../world/sdn.js";

type Row = Record<string, Json>;

/** Options with the types of the contract: what comes as text goes out as number where it is one. */
export function typed(route: string, section: Readonly<Record<string, string | string[]>>): Row {
  const schemas = contract()[route]?.params ?? {};
  return Object.fromEntries(
    Object.entries(section).map(([key, value]): [string, Json] => {
      const type = schemas[key]?.type;
      const isNumber = typeof value === "string" && (type === "integer" || type === "boolean");
      return [key, isNumber ? Number(value) : value];
    }),
  );
}

/** The digest of a file of sections. */
export function digestOfSections(sections: Readonly<Record<string, SdnSection>>): string {
  return Object.keys(sections).length === 0 ? emptyDigest : digestOf(sections);
}

/** One kind that is staged and applied, for reading. */
export interface StagedKind {
  readonly kind: SdnKind;
  /** The route whose parameters have the types. */
  readonly route: string;
  /** The key that its id has in rows. */
  readonly key: string;
  readonly missing: (id: string) => string;
  /** What rows say besides the section. */
  readonly beside?: (id: string, section: SdnSection | undefined) => Row;
}

/** The rows of a kind by id: as configured, with `pending`, or as they run. */
export function rowsOf(call: Call, of: StagedKind): Map<string, Row> {
  const config = sdnOf(call.cluster)[of.kind];
  const running = runningSdn(call.cluster)[of.kind];
  const shown = (section: Readonly<Record<string, string | string[]>>) => typed(of.route, section);
  const whole = (id: string, row: Row, section: SdnSection | undefined, digest: string | null): Row => ({
    ...row,
    ...of.beside?.(id, section),
    [of.key]: id,
    digest,
  });
  const rows = new Map<string, Row>();
  if (call.flag("pending")) {
    for (const id of [...new Set([...Object.keys(running), ...Object.keys(config)])].sort()) {
      const found = pendingRow(running[id], config[id], shown);
      if (found) rows.set(id, whole(id, found.row, running[id], null));
    }
    return rows;
  }
  const isRunning = call.flag("running");
  const sections = isRunning ? running : config;
  const digest = isRunning ? null : digestOfSections(config);
  for (const id of Object.keys(sections).sort()) {
    const section = sections[id] as SdnSection;
    rows.set(id, whole(id, shown(section), section, digest));
  }
  return rows;
}

/** One row of a kind. */
export function rowOf(call: Call, of: StagedKind, id: string): Row {
  const row = rowsOf(call, of).get(id);
  if (!row) throw die(of.missing(id));
  return row;
}

/** The options among the parameters: neither the id nor what is about the request. */
export function optionsIn(call: Call, ...others: string[]): Record<string, string | string[]> {
  const aside = new Set(["type", "lock-token", "digest", "delete", ...others]);
  const single = Object.entries(call.params).filter(([key]) => !aside.has(key));
  const lists = Object.entries(call.arrays).map(([key, values]): [string, string[]] => [key, [...values]]);
  return Object.fromEntries<string | string[]>([...single, ...lists]);
}

/** Fails as `assert_if_modified` does. */
export function checkSections(call: Call, sections: Readonly<Record<string, SdnSection>>): void {
  const sent = call.params["digest"];
  if (sent !== undefined && sent !== "" && sent !== digestOfSections(sections))
    throw die("detected modified configuration - file changed by other user? Try again.");
}
