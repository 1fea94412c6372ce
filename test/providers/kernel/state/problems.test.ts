import assert from "node:assert/strict";
import { z } from "zod";
import { problemsOf, showProblem, suggestion } from "../../../../providers/kernel/state/problems";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const schema = z.strictObject({
  cores: z.number().int().min(1, "at least 1").optional(),
  node: z.string(),
  disks: z
    .array(z.strictObject({ storage: z.string(), sizeGiB: z.number().min(1, "write at least 1").optional() }))
    .optional(),
  password: z.string().min(8, "at least 8 characters").optional(),
});
const texts = (inputs: Record<string, unknown>) => problemsOf(schema, inputs, ["password"]).map(showProblem);

describe("problems with inputs", () => {
  it("are all told at once, with path, what is wrong and what was given", () => {
    assert.deepEqual(texts({ cores: 0, disks: [{ storage: "a", sizeGiB: 0 }], nodes: "x" }), [
      "cores: at least 1 (got 0)",
      "node: is required (string)",
      "disks[0].sizeGiB: write at least 1 (got 0)",
      'nodes: there is no such property; did you mean "node"?',
    ]);
  });
  it("suggest within nested objects", () => {
    assert.deepEqual(texts({ node: "a", disks: [{ storage: "a", sizeGb: 3 }] }), [
      'disks[0].sizeGb: there is no such property; did you mean "sizeGiB"?',
    ]);
  });
  it("never show a sensitive value", () => {
    assert.deepEqual(texts({ node: "a", password: "hunter2" }), ["password: at least 8 characters"]);
  });
  it("say nothing of values that are not known yet", () => {
    assert.deepEqual(texts({ node: unknown, cores: unknown, disks: [{ storage: unknown, sizeGiB: unknown }] }), []);
    assert.deepEqual(texts({ node: "a", disks: unknown }), []);
  });
  it("suggest only what is near", () => {
    assert.equal(suggestion("corse", ["cores", "sockets"]), '; did you mean "cores"?');
    assert.equal(suggestion("zzz", ["cores"]), "");
    assert.equal(suggestion("size", ["storage", "sizeGiB"]), '; did you mean "sizeGiB"?');
    assert.equal(suggestion("disk", ["diskGiBxx", "diskStorage"]), "", "it could be either");
  });
  it("say of a value of another type what to write", () => {
    assert.deepEqual(texts({ node: 5, cores: "2", disks: "x" }), [
      'cores: write a number, not a text (got "2")',
      "node: write a text, not a number (got 5)",
      'disks: write a list, not a text (got "x")',
    ]);
    assert.deepEqual(texts({ node: "a", cores: Number("x") }), ["cores: write a number, not NaN"]);
  });
});
