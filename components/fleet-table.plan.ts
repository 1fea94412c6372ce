import type { z } from "zod";
import { parseCsv } from "./csv.plan";
import { columnNamed, type Column } from "./fleet-columns.plan";
import { set } from "./fleet-merge.plan";
import { convert, schemasAt, takesText } from "./fleet-schema.plan";

type Tree = Record<string, unknown>;

/** Where a fleet's table comes from: text with its form, or rows as they are. */
export type TableSource =
  | { readonly csv: string; readonly file?: string | undefined }
  | { readonly json: string; readonly file?: string | undefined }
  | { readonly rows: readonly Tree[] };

/** One row: a VM's name, and what is written beside it. */
export interface Row {
  readonly name: string;
  /** How messages call the row. */
  readonly where: string;
  readonly over: Tree;
  readonly columns: readonly Column[];
}

interface Table {
  readonly rows: Row[];
  readonly problems: string[];
}

export function readTable(source: TableSource, schema: z.ZodType): Table {
  if ("csv" in source) return fromCsv(source.csv, source.file, schema);
  if ("rows" in source) return fromRows(source.rows, undefined, schema);
  const file = source.file ? `${source.file}: ` : "";
  let parsed: unknown;
  try {
    parsed = JSON.parse(source.json.replace(/^\uFEFF/, ""));
  } catch (error) {
    return { rows: [], problems: [`${file}is no JSON: ${(error as Error).message}`] };
  }
  if (!Array.isArray(parsed))
    return { rows: [], problems: [`${file}is no list; write [{ "name": "web-1", ... }, ...]`] };
  return fromRows(parsed as unknown[], source.file, schema);
}

function fromCsv(text: string, file: string | undefined, schema: z.ZodType): Table {
  const prefix = file ? `${file}, ` : "";
  const { records, problems: wrong } = parseCsv(text);
  const problems = wrong.map(({ line, message }) => `${prefix}line ${line}: ${message}`);
  const [head, ...body] = records;
  if (!head)
    return { rows: [], problems: [...problems, `${prefix}the table is empty; begin with a line of column names`] };
  const columns = head.cells.map((name) => {
    const found = columnNamed(name, schema);
    if (!("problem" in found)) return found;
    problems.push(`${prefix}line ${head.line}, column "${name}": ${found.problem}`);
    return undefined;
  });
  const names = columns.map((column) => column?.name);
  names.forEach((name, i) => {
    if (name !== undefined && names.indexOf(name) !== i)
      problems.push(`${prefix}line ${head.line}, column "${name}": is there twice; leave one out`);
  });
  if (!names.includes("name"))
    problems.push(`${prefix}line ${head.line}: there is no column "name"; each VM needs one`);

  const rows = body.map(({ line, cells }): Row => {
    const label = cells[names.indexOf("name")] ?? "";
    const where = `${prefix}line ${line}${label === "" ? "" : ` (${label})`}`;
    if (cells.length !== columns.length)
      problems.push(
        `${where}: has ${cells.length} cells for ${columns.length} columns; write one for each, empty ones too`,
      );
    const entries = cells.flatMap((cell, i): [Column, unknown][] => {
      const column = columns[i];
      return column && cell !== "" ? [[column, cell]] : [];
    });
    return row(entries, where, schema, problems, false);
  });
  return { rows, problems };
}

function fromRows(rows: readonly unknown[], file: string | undefined, schema: z.ZodType): Table {
  const problems: string[] = [];
  const prefix = file ? `${file}, ` : "";
  const read = rows.flatMap((entry, i): Row[] => {
    const number = `${prefix}row ${i + 1}`;
    if (entry === null || typeof entry !== "object" || Array.isArray(entry)) {
      problems.push(`${number}: is no object; write { "name": "web-1", ... }`);
      return [];
    }
    const { name } = entry as Tree;
    const where = typeof name === "string" && name !== "" ? `${number} (${name})` : number;
    return [rowOf(undefined, entry as Tree, where, schema, problems)];
  });
  return { rows: read, problems };
}

/** A row from an object whose keys are columns, or fields of a Vm with all that is in them. */
export function rowOf(
  name: string | undefined,
  entry: Tree,
  where: string,
  schema: z.ZodType,
  problems: string[],
): Row {
  const entries = Object.entries(entry).flatMap(([key, value]): [Column, unknown][] => {
    const column = columnNamed(key, schema);
    if (!("problem" in column)) return [[column, value]];
    problems.push(`${where}, "${key}": ${column.problem}`);
    return [];
  });
  return row(
    name === undefined ? entries : [[{ name: "name", path: ["name"] }, name], ...entries],
    where,
    schema,
    problems,
    true,
  );
}

/** `typed`: values have types of their own, so that text stays text where the field may be one. */
function row(
  entries: readonly [Column, unknown][],
  where: string,
  schema: z.ZodType,
  problems: string[],
  typed: boolean,
): Row {
  const over: Tree = {};
  for (const [column, value] of entries) {
    const schemas = schemasAt(schema, column.path);
    const asItIs = typeof value !== "string" || (typed && takesText(schemas));
    const converted = asItIs ? { value: structuredClone(value) } : convert(value, schemas);
    if ("problem" in converted) problems.push(`${where}, ${column.name}: ${converted.problem}`);
    else set(over, column.path, converted.value);
  }
  const { name, ...rest } = over;
  if (typeof name !== "string" || name === "")
    problems.push(`${where}: has no name; write one, it is what the VM is known by`);
  return { name: typeof name === "string" ? name : "", where, over: rest, columns: entries.map(([column]) => column) };
}
