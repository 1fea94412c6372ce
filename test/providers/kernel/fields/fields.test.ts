import assert from "node:assert/strict";
import { z } from "zod";
import { flag, flagOrWord, list, mappedIn, number, word } from "../../../../providers/kernel/fields/codec";
import { effectsOf } from "../../../../providers/kernel/fields/effects";
import { fieldOf, fields, optional, required } from "../../../../providers/kernel/fields/field";
import { changeOfTexts, fromTexts, sameIn, textsOf, toTexts } from "../../../../providers/kernel/fields/mapping";
import { problemsOf, showProblem } from "../../../../providers/kernel/state/problems";
import { map, part, partsIn, property } from "../../../../providers/kernel/fields/property";

const retry = fields({
  times: required("How often.", z.number(), part("n", "number")),
  quiet: optional("Without a word.", z.boolean(), part("quiet", "flag", false)),
});

const shape = {
  name: required("What it is called.", z.string(), { key: "id", effect: "replace" }),
  size: optional("Its size in MiB.", z.number(), number("size", "live", 16)),
  on: optional("Is it on?", z.boolean(), flag("disable", "live", true)),
  tags: optional("Words.", z.array(z.string()), list("tags", "live")),
  retry: optional("Trying again.", retry, property("retry", "reboot", { primary: "n", parts: partsIn(retry) })),
};
const schema = fields(shape);
const held = mappedIn(shape);

describe("a field", () => {
  it("is written down once, at its schema", () => {
    assert.equal(fieldOf(schema.shape.size)?.meaning, "Its size in MiB.");
    assert.deepEqual(effectsOf(schema), { name: "replace", size: "live", on: "live", tags: "live", retry: "reboot" });
    assert.deepEqual(Object.keys(held), ["size", "on", "tags", "retry"], "what has no text of its own is not mapped");
    assert.deepEqual(schema.parse({ name: "a" }), { name: "a" });
    assert.equal(schema.safeParse({ name: "a", sise: 1 }).success, false);
  });

  it("tells what it is when it is missing, where that is one thing", () => {
    const told = (all: z.ZodType, inputs: object) => problemsOf(all, { ...inputs }).map(showProblem);
    assert.deepEqual(told(schema, {}), ["name: is required (string): What it is called"]);
    assert.deepEqual(told(schema, { name: "a", retry: {} }), ["retry.times: is required (number): How often"]);
    const of = (type: string, meaning: string) =>
      fields({
        type: required("Kind.", z.literal(type), { effect: "replace" }),
        at: required(meaning, z.string(), { effect: "replace" }),
      });
    const either = z.discriminatedUnion("type", [of("a", "A path. It exists."), of("b", "A host.")]);
    assert.deepEqual(told(either, { type: "a" }), ["at: is required (string)"]);
  });

  it("cannot be left without its facts, nor share them", () => {
    // @ts-expect-error: nothing is written down of it.
    fields({ name: z.string() });
    const text = z.string();
    required("One.", text, {});
    assert.throws(() => required("Another.", text, {}), /one schema for two fields \("Another\."\)/);
  });

  it("has an effect only where it is a field, and one only", () => {
    assert.throws(() => effectsOf(schema, { sise: "live" }), /^Error: sise has an effect and is no field$/);
    assert.deepEqual(effectsOf(schema, { "retry.quiet": "live" })["retry.quiet"], "live");
    const one = fields({ type: required("Kind.", z.literal("a"), { effect: "replace" }) });
    const two = fields({ type: required("Kind.", z.literal("b"), { effect: "live" }) });
    const both = z.discriminatedUnion("type", [one, two]);
    assert.throws(() => effectsOf(both), /type has two effects/);
    assert.deepEqual(effectsOf(both, { type: "replace" }), { type: "replace" });
  });
});

describe("fields that are texts of Proxmox's", () => {
  it("are written when the object is made", () => {
    assert.deepEqual(toTexts(held, { name: "a", size: 8, on: false, tags: ["b", "a"], retry: { times: 2 } }), {
      ...{ size: "8", disable: "0", tags: "b,a", retry: "2" },
    });
  });

  it("are read in the terms of what is wanted, with what holds where nothing is said", () => {
    const live = textsOf({ size: 8, tags: "a b", retry: { n: 3, quiet: 1 }, gone: null });
    assert.deepEqual(live, { size: "8", tags: "a b", retry: "n=3,quiet=1" });
    const found = { size: 8, on: true, tags: ["a", "b"], retry: { times: 3, quiet: true } };
    assert.deepEqual(fromTexts(held, live, { retry: {} }), found);
  });

  it("are changed where they differ, and cleared when they are no longer said", () => {
    const live = { size: "8", tags: "a,b", retry: "3,quiet=1", other: "x" };
    assert.deepEqual(changeOfTexts(held, live, { size: 8, on: true, tags: ["b", "a"] }, {}), { set: {}, delete: [] });
    assert.deepEqual(changeOfTexts(held, live, { size: 9, retry: { times: 4 } }, { tags: ["a"] }), {
      set: { size: "9", retry: "4,quiet=1" },
      delete: ["tags"],
    });
    assert.deepEqual(changeOfTexts(held, live, {}, {}), { set: {}, delete: [] }, "what was never managed stays");
  });

  it("are the same where Proxmox means the same", () => {
    const same = sameIn(schema);
    assert.ok(same("tags", ["a", "b"], ["b", "a"]));
    assert.ok(!same("tags", ["a"], undefined));
    assert.ok(same("name", "a", "a"));
    assert.ok(!same("retry.times", 1, 2));
  });

  it("may be words, flags with words, and maps", () => {
    assert.equal(word("mode", "live", "fast").read(undefined), "fast");
    const mounted = flagOrWord("mount", "live", false);
    assert.deepEqual(
      ["1", "off", "/srv", undefined].map((text) => mounted.read(text)),
      [true, false, "/srv", false],
    );
    assert.deepEqual(
      [true, "/srv"].map((value) => mounted.write(value)),
      ["1", "/srv"],
    );
    const folders = map("dirs", "live");
    assert.deepEqual(folders.read(folders.write({ iso: "isos", vztmpl: "t" })), { iso: "isos", vztmpl: "t" });
    assert.ok(folders.same("a=1,b=2", "b=2,a=1"));
    assert.ok(!folders.same("a=1", undefined));
  });
});
