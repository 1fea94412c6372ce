import assert from "node:assert/strict";
import fc from "fast-check";
import { contract, type ApiMethod, type Schema } from "../../contract/index.js";
import { PveError } from "../../simulator/errors.js";
import { perlPattern, verify, type RawParams, type RawValue } from "../../simulator/verify.js";
import { exampleOf } from "./format-examples.js";

const endpoints = Object.entries(contract());

/** The name of a parameter as a request has it: `net0` for `net[n]`. */
const requestName = (name: string): string => name.replace("[n]", "0");

/** Values that a schema admits, or undefined where only an example could be right. */
function valid(schema: Schema): fc.Arbitrary<RawValue> | undefined {
  if (schema.oneOf || schema.alias !== undefined) return undefined;
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.type === "boolean") return fc.constantFrom("0", "1");
  if (schema.type === "integer" || schema.type === "number") {
    if (schema.format !== undefined) return typeof schema.format === "string" ? fromExamples(schema.format) : undefined;
    const min = Math.ceil(schema.minimum ?? 0);
    const max = Math.min(schema.maximum ?? min + 1000, Number.MAX_SAFE_INTEGER);
    return fc.integer({ min: Math.max(min, -2147483648), max: Math.min(max, 2147483647) }).map(String);
  }
  if (schema.type === "array") {
    const item = schema.items && valid(schema.items);
    return item && fc.array(item, { minLength: 1, maxLength: 3 });
  }
  if (typeof schema.format === "object") return properties(schema.format);
  if (typeof schema.format === "string") return fromExamples(schema.format);
  if (schema.pattern !== undefined) return matching(schema.pattern, schema.maxLength ?? 4000);
  if (schema.type !== "string") return undefined;
  const { minLength = 0, maxLength = minLength + 20 } = schema;
  return fc.string({
    unit: fc.constantFrom("a", "b", "7", "x"),
    minLength,
    maxLength: Math.min(maxLength, minLength + 20),
  });
}

/** Texts of a pattern, or undefined when it uses what the generator of strings does not know. */
function matching(pattern: string, maxLength: number): fc.Arbitrary<string> | undefined {
  // Almost nothing that a negated class generates would survive the filter.
  if (/\[\^|\\S|(?<!\\)\./.test(pattern)) return undefined;
  const fitting = (text: string): boolean =>
    text.length <= maxLength && /^[\x21-\x7e]+$/.test(text) && !text.includes(",");
  try {
    return fc.stringMatching(new RegExp(perlPattern(pattern).source)).filter(fitting);
  } catch (error) {
    assert.match((error as Error).message, /not implemented yet|Unable to use|Wrong/);
    return undefined;
  }
}

function fromExamples(format: string): fc.Arbitrary<string> | undefined {
  const example = exampleOf(format);
  return example === undefined ? undefined : fc.constant(example);
}

/** Property strings with every required key and some of the others. */
function properties(format: Readonly<Record<string, Schema>>): fc.Arbitrary<string> | undefined {
  const parts: fc.Arbitrary<string>[] = [];
  for (const [key, schema] of Object.entries(format)) {
    if (schema.alias !== undefined || schema.requires !== undefined) continue;
    const value = valid(schema);
    if (!value) {
      if (schema.optional) continue;
      return undefined;
    }
    const part = value.filter((text) => text !== "").map((text) => `${key}=${String(text as string)}`);
    parts.push(schema.optional ? fc.option(part, { nil: "" }) : part);
  }
  return fc.tuple(...parts).map((list) => list.filter((part) => part !== "").join(","));
}

/** Requests that an endpoint takes: the required parameters, and optional ones that stand alone. */
function validRequest(endpoint: ApiMethod): fc.Arbitrary<RawParams> | undefined {
  const fields: Record<string, fc.Arbitrary<RawValue>> = {};
  const required: string[] = [];
  for (const [name, schema] of Object.entries(endpoint.params)) {
    const value = valid(schema);
    if (!value) {
      if (schema.optional || schema.alias !== undefined) continue;
      return undefined;
    }
    if (schema.optional && (schema.requires !== undefined || schema["instance-types"])) continue;
    fields[requestName(name)] = value;
    if (!schema.optional) required.push(requestName(name));
  }
  return fc.record(fields, { requiredKeys: required });
}

function errorsOf(endpoint: ApiMethod, params: RawParams): Readonly<Record<string, string>> {
  try {
    verify(endpoint, params);
    return {};
  } catch (error) {
    assert.ok(error instanceof PveError);
    return error.errors ?? {};
  }
}

describe("verification of generated requests", () => {
  const generated = endpoints.flatMap(([key, endpoint]) => {
    const request = validRequest(endpoint);
    return request ? [{ key, endpoint, request }] : [];
  });

  it("can generate requests for nearly every endpoint", () => {
    assert.ok(generated.length > 0.93 * endpoints.length, `${generated.length} of ${endpoints.length}`);
  });

  it("accepts valid requests", () => {
    for (const { key, endpoint, request } of generated) {
      fc.assert(
        fc.property(request, (params) =>
          assert.deepEqual(errorsOf(endpoint, params), {}, `${key} ${JSON.stringify(params)}`),
        ),
        { numRuns: 5, seed: 1 },
      );
    }
  });

  it("refuses a parameter that the schema does not name", () => {
    const text = "property is not defined in schema and the schema does not allow additional properties";
    for (const { key, endpoint, request } of generated) {
      if (endpoint.open) continue;
      const property = fc.property(request, (params) => {
        assert.equal(errorsOf(endpoint, { ...params, "no-such": "1" })["no-such"], text, key);
      });
      fc.assert(property, { numRuns: 2, seed: 2 });
    }
  });

  it("refuses a request without a required parameter", () => {
    for (const { key, endpoint, request } of generated) {
      const required = Object.keys(endpoint.params).filter(
        (name) => !endpoint.params[name]?.optional && !name.endsWith("[n]"),
      );
      for (const name of required) {
        const property = fc.property(request, (params) => {
          const rest = Object.fromEntries(Object.entries(params).filter(([other]) => other !== name));
          assert.equal(errorsOf(endpoint, rest)[name], "property is missing and it is not optional", `${key} ${name}`);
        });
        fc.assert(property, { numRuns: 1, seed: 3 });
      }
    }
  });

  it("refuses values of a wrong type, out of range or not in the enumeration", () => {
    for (const { key, endpoint, request } of generated) {
      for (const [name, schema] of Object.entries(endpoint.params)) {
        const wrong = wrongValue(schema);
        if (wrong === undefined || schema["instance-types"]) continue;
        const property = fc.property(request, (params) => {
          const errors = errorsOf(endpoint, { ...params, [requestName(name)]: wrong });
          assert.ok(errors[requestName(name)], `${key} ${name}=${wrong}`);
        });
        fc.assert(property, { numRuns: 1, seed: 4 });
      }
    }
  });
});

function wrongValue(schema: Schema): string | undefined {
  if (schema.alias !== undefined || schema.oneOf) return undefined;
  if (schema.enum) return "no-such-value";
  if (schema.type === "boolean") return "maybe";
  if (schema.type === "integer" || schema.type === "number") {
    if (schema.minimum !== undefined) return String(schema.minimum - 1);
    return schema.maximum === undefined ? "many" : String(schema.maximum + 1);
  }
  if (schema.type === "string" && schema.format === undefined && schema.pattern === undefined && schema.maxLength) {
    return "x".repeat(schema.maxLength + 1);
  }
  if (typeof schema.format === "object") return "no-such-key=1";
  return undefined;
}
