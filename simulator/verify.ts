import type { ApiMethod, Schema } from "../contract/index.js";
import { paramError } from "./errors.js";
import { checkNamedFormat, namedPropertyFormat, validateNamedProperties } from "./formats/by-name.js";
import { PropertyStringError, splitProperties } from "./formats/property-string.js";

/** A parameter as it arrived: text from a form or a query, anything from a JSON body. */
export type RawValue = string | number | boolean | null | undefined | RawValue[] | { [key: string]: RawValue };
export type RawParams = Record<string, RawValue>;

type Errors = Record<string, string>;

/** Parameters that passed: scalars as text (as Perl keeps them), lists of `array` parameters apart. */
interface Verified {
  readonly params: Record<string, string>;
  readonly arrays: Record<string, string[]>;
}

/** Checks a call's parameters against its schema; throws 400 with all that is wrong. */
export function verify(endpoint: ApiMethod, raw: RawParams): Verified {
  const values = joined(endpoint, raw);
  const errors: Errors = {};
  checkObject("", endpoint.params, values, endpoint.open === 1, errors);
  if (Object.keys(errors).length > 0) throw paramError(errors);
  const params: Record<string, string> = {};
  const arrays: Record<string, string[]> = {};
  for (const [key, value] of Object.entries(values)) {
    if (Array.isArray(value)) arrays[key] = value.map(scalarText);
    else if (value !== undefined && value !== null) params[key] = scalarText(value);
  }
  return { params, arrays };
}

/** The schema of a parameter; `net3` is found as `net[n]` when there are that many. */
export function schemaOf(params: Readonly<Record<string, Schema>>, key: string): Schema | undefined {
  const exact = params[key];
  if (exact) return key.endsWith("[n]") ? undefined : exact;
  const indexed = /^(.*?[^0-9])(0|[1-9]\d*)$/.exec(key);
  if (!indexed) return undefined;
  const schema = params[`${indexed[1]}[n]`];
  return schema && Number(indexed[2]) < (schema.count ?? 0) ? schema : undefined;
}

/** Lists may come as arrays and arrays as one value (PVE/RESTHandler.pm). */
function joined(endpoint: ApiMethod, raw: RawParams): RawParams {
  const out: RawParams = {};
  for (const [key, value] of Object.entries(raw)) {
    const schema = schemaOf(endpoint.params, key);
    if (schema?.type === "array" && !Array.isArray(value) && value !== null && value !== undefined) out[key] = [value];
    else if (Array.isArray(value) && typeof schema?.format === "string" && schema.format.endsWith("-list")) {
      out[key] = value.map(scalarText).join(",");
    } else out[key] = value;
  }
  return out;
}

export function scalarText(value: RawValue): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : JSON.stringify(value ?? null);
}

function addError(errors: Errors, path: string, text: string): void {
  const key = path === "" ? "_root" : path;
  const earlier = errors[key];
  // Perl's single-quoted '\n' is a backslash and an n.
  errors[key] = earlier === undefined ? text : `${earlier}\\n${text}`;
}

const unknownProperty = "property is not defined in schema and the schema does not allow additional properties";

function checkObject(
  path: string,
  schemas: Readonly<Record<string, Schema>>,
  values: RawParams,
  open: boolean,
  errors: Errors,
): void {
  const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
  const present = new Set(Object.keys(values));
  for (const [key, schema] of Object.entries(schemas)) {
    if (key.endsWith("[n]")) continue;
    checkValue(values[key], schema, at(key), errors, instanceType(schema, values));
  }
  for (const key of present) {
    const schema = schemaOf(schemas, key);
    if (!schema) {
      if (!open) addError(errors, at(key), unknownProperty);
      continue;
    }
    if (!schemas[key]) checkValue(values[key], schema, at(key), errors, undefined);
    if (schema.requires !== undefined && (values[schema.requires] ?? undefined) === undefined) {
      addError(errors, at(schema.requires), `missing property required by '${at(key)}'`);
    }
  }
}

function instanceType(schema: Schema, values: RawParams): string | undefined {
  const by = schema["type-property"];
  const value = by === undefined ? undefined : values[by];
  return typeof value === "string" ? value : undefined;
}

function checkValue(value: RawValue, schema: Schema, path: string, errors: Errors, instance?: string): void {
  let optional = schema.optional === 1;
  if (schema.oneOf && schema["type-property"] !== undefined) {
    optional = true;
    const variant = schema.oneOf.find((one) => instance !== undefined && one["instance-types"]?.includes(instance));
    if (variant) return checkValue(value, variant, path, errors);
  } else if (instance !== undefined && schema["instance-types"] && !schema["instance-types"].includes(instance)) {
    optional = true;
  }
  if (schema.alias !== undefined) return;
  if (value === undefined || value === null) {
    if (!optional) addError(errors, path, "property is missing and it is not optional");
    return;
  }
  const mismatch = typeMismatch(schema.type, value);
  if (mismatch !== undefined) return addError(errors, path, mismatch);
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) value.forEach((item, index) => checkValue(item, items, `${path}[${index}]`, errors));
    return;
  }
  if (typeof value === "object") return;
  const failure = scalarFailure(scalarText(value), schema, path);
  if (failure !== undefined) addError(errors, path, failure);
}

/** check_type in PVE/JSONSchema.pm; undefined when the value is of the type. */
function typeMismatch(type: Schema["type"], value: RawValue): string | undefined {
  if (type === undefined) return undefined;
  if (type === "null") return "type check ('null') failed - value is not null";
  const got = Array.isArray(value) ? "ARRAY" : typeof value === "boolean" ? "JSON::PP::Boolean" : "HASH";
  if (type === "array") return Array.isArray(value) ? undefined : "type check ('array') failed";
  if (type === "object")
    return typeof value === "object" && !Array.isArray(value) ? undefined : "type check ('object') failed";
  if (typeof value === "object" || typeof value === "boolean") {
    return type === "boolean" && typeof value === "boolean" ? undefined : `type check ('${type}') failed - got ${got}`;
  }
  const text = scalarText(value);
  const good = {
    string: true,
    boolean: text === "0" || text === "1",
    integer: isInteger(text),
    number: isNumber(text),
  };
  return good[type] ? undefined : `type check ('${type}') failed - got '${text}'`;
}

function isInteger(text: string): boolean {
  return /^[+-]?\d+$/.test(text);
}

/** Perl would take an exponent as well; nobody who checks requests against the published schema does. */
function isNumber(text: string): boolean {
  return /^[+-]?(\d+\.\d+|\d+\.|\.\d+|\d+)$/.test(text);
}

/** Ids of SDN: the published schema has formats for them, pve-network 1.3 has patterns (scenario 43, lines 8 to 25). */
const sdnIds: Readonly<Record<string, Schema>> = Object.fromEntries(
  Object.entries({ zone: 8, vnet: 8, ipam: undefined, dns: undefined }).map(([kind, maxLength]) => [
    `pve-sdn-${kind}-id`,
    { pattern: "[a-zA-Z][a-zA-Z0-9]*[a-zA-Z0-9]", minLength: 2, ...(maxLength === undefined ? {} : { maxLength }) },
  ]),
);

/** The first thing wrong with a scalar: format, pattern, length, range, enumeration - in this order. */
function scalarFailure(text: string, schema: Schema, path: string): string | undefined {
  const id = typeof schema.format === "string" ? sdnIds[schema.format] : undefined;
  if (id) return scalarFailure(text, id, path);
  if (schema.format !== undefined) {
    const failure = formatFailure(schema.format, text, path);
    if (failure !== undefined) return `invalid format - ${failure}\n`;
  }
  if (schema.pattern !== undefined && !perlPattern(schema.pattern).test(text))
    return "value does not match the regex pattern";
  const length = [...text].length;
  if (schema.maxLength !== undefined && length > schema.maxLength)
    return `value may only be ${schema.maxLength} characters long`;
  if (schema.minLength !== undefined && length < schema.minLength) {
    return `value must be at least ${schema.minLength} characters long`;
  }
  if (isNumber(text)) {
    if (schema.maximum !== undefined && Number(text) > schema.maximum)
      return `value must have a maximum value of ${schema.maximum}`;
    if (schema.minimum !== undefined && Number(text) < schema.minimum)
      return `value must have a minimum value of ${schema.minimum}`;
  }
  if (schema.enum && !schema.enum.includes(text)) {
    return `value '${text}' does not have a value in the enumeration '${schema.enum.join(", ")}'`;
  }
  return undefined;
}

/** Why a text is not of a format, or undefined. */
export function formatFailure(
  format: Exclude<Schema["format"], undefined>,
  text: string,
  path: string,
): string | undefined {
  if (typeof format === "string") {
    const named = namedPropertyFormat(format);
    if (!named) return checkNamedFormat(format, text);
    return propertiesFailure(named, text, path) ?? validateNamedProperties(format, text);
  }
  return propertiesFailure(format, text, path);
}

function propertiesFailure(format: Readonly<Record<string, Schema>>, text: string, path: string): string | undefined {
  let values: Record<string, string>;
  try {
    values = splitProperties(format, text);
  } catch (error) {
    if (error instanceof PropertyStringError) return error.message;
    throw error;
  }
  const errors: Errors = {};
  checkObject(path, format, values, false, errors);
  const lines = Object.entries(errors).map(([key, error]) => `${key}: ${error}\n`);
  return lines.length > 0 ? `format error\n${lines.join("")}`.replace(/\n$/, "") : undefined;
}

const patterns = new Map<string, RegExp>();

/** A Perl pattern, anchored, as JavaScript has it. */
export function perlPattern(pattern: string): RegExp {
  let compiled = patterns.get(pattern);
  if (!compiled) {
    const insensitive = /\(\?\^?[a-z]*i[a-z]*:/.test(pattern);
    const source = pattern
      .replace(/\{,/g, "{0,")
      // The separator in names of OCI images may be empty: JavaScript would then try every way of splitting a word.
      .replace(/\|\[-\]\*\)/g, "|[-]+)")
      .replace(/\(\?\^?[a-z]*:/g, "(?:")
      .replace(/\\A/g, "^")
      .replace(/\\[zZ]/g, "$")
      .replace(/\{,(?=\d)/g, "{0,");
    compiled = new RegExp(`^${source}$`, insensitive ? "i" : "");
    patterns.set(pattern, compiled);
  }
  return compiled;
}
