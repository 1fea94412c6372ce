import { effectsOf } from "../../providers/kernel/fields/effects";
import { effectOf, type Effects, type OwnEffect } from "../../providers/kernel/state/changes";
import type { NeutralEffect } from "../../providers/kernel/state/effect";
import { longest, type Resource } from "./kinds";
import { formOf, type Form, type SchemaField } from "./schema";

/** One interface of arguments. */
interface Interface {
  readonly name: string;
  readonly text: string;
}

/** What a change does to any object, in words that a reader needs no table for. */
const neutral: Readonly<Record<NeutralEffect, string>> = {
  live: "live",
  replace: "replace, it is made anew",
  none: "none, nothing happens to what is there",
};

function inWords(path: string, effects: Effects, own: readonly OwnEffect[] = []): string {
  const effect = effectOf(path, effects);
  const known: Readonly<Record<string, string | undefined>> = neutral;
  const words = own.find(({ name }) => name === effect)?.meaning ?? known[effect];
  if (words === undefined) throw new Error(`${path}: ${effect} is no effect that the model knows`);
  return words;
}

/** Names of single things, where they are not the list's without its s. */
const singular: Readonly<Record<string, string>> = {
  addresses: "address",
  virtiofs: "virtiofs",
  pci: "pci",
  usb: "usb",
};

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const single = (name: string): string => capital(singular[name] ?? name.replace(/ies$/, "y").replace(/s$/, ""));

/** The interfaces of a resource's arguments, flat and commented: the resource's own first. */
export function interfacesOf(resource: Resource): string[] {
  const { kind, model } = resource;
  const found = new Map<string, Interface>();
  const problems: string[] = [];
  /** What a change does; where types tell arguments apart, in the one that is being written. */
  let effectsHere = model.effects;
  const named = Object.keys(model.defaults?.({}, `urn::${kind}::name`) ?? {});

  function comment(path: string, { facts, optional }: SchemaField): string[] {
    if (!facts) {
      problems.push(`nothing is written down of ${kind}.${path}`);
      return [];
    }
    const { meaning, key, proxmox = key === undefined ? undefined : `\`${key}\`` } = facts;
    const [, operation] = /^timeouts\.(\w+)$/.exec(path) ?? [];
    const unset = JSON.stringify(operation === undefined ? facts.unset : longest(resource, operation)) as
      string | undefined;
    if (facts.default !== undefined && unset !== undefined && !facts.default.includes(unset.replace(/^"|"$/g, "")))
      problems.push(`${kind}.${path}: default ${facts.default} in words, ${unset} as a value`);
    return [
      ...wrapped(meaning),
      "",
      ...(optional ? [`- Default: ${facts.default ?? (unset === undefined ? "not set" : `\`${unset}\``)}`] : []),
      `- Change: ${inWords(path, effectsHere, model.ownEffects)}`,
      ...(proxmox === undefined ? [] : [`- Proxmox: ${proxmox}`]),
      ...(facts.deprecated === undefined ? [] : ["", `@deprecated ${facts.deprecated}`]),
    ];
  }

  function print(form: Form, path: string, name: string): string {
    if (form.is === "plain") return form.text;
    if (form.is === "union") return [...new Set(form.of.map((one) => print(one, path, name)))].join(" | ");
    if (form.is === "object") return declare(name, form.fields, path);
    if (form.is === "list") return `pulumi.Input<${print(form.of, `${path}[]`, name)}>[]`;
    return `Record<string, pulumi.Input<${print(form.of, `${path}.*`, name)}>>`;
  }

  function declare(name: string, fields: readonly SchemaField[], path: string): string {
    const lines: string[] = [];
    const interfaceName = `${name}Args`;
    for (const field of fields) {
      if (path === "" && resource.without?.includes(field.name)) continue;
      const at = path === "" ? field.name : `${path}.${field.name}`;
      const optional = field.optional || (path === "" && named.includes(field.name));
      const word = field.form.is === "list" ? single(field.name) : capital(field.name);
      const form = print(field.form, at, `${path === "" ? kind : name}${word}`);
      lines.push(...commented(comment(at, { ...field, optional }), "  "));
      // What tells the members of a union apart must be plain, or the compiler cannot tell them apart either.
      const type = field.name === "type" && path === "" ? form : `pulumi.Input<${form}>`;
      lines.push(`  ${field.name}${optional ? "?" : ""}: ${type}${optional ? " | undefined" : ""};`);
    }
    const before = found.get(interfaceName);
    const text = lines.join("\n");
    if (before && before.text !== text) problems.push(`${interfaceName} stands for two different things (${path})`);
    found.set(interfaceName, { name: interfaceName, text });
    return interfaceName;
  }

  const form = formOf(model.schema);
  const out: string[] = [];
  if (form.is === "union") {
    const names = form.of.map((one) => {
      const { name, fields, schema } = discriminated(kind, one);
      effectsHere = effectsOf(schema);
      return declare(name, fields, "");
    });
    out.push(...commented([`Arguments of a {@link ${kind}}; \`type\` tells which others there are.`], ""));
    out.push(`export type ${kind}Args =\n${names.map((name) => `  | ${name}`).join("\n")};\n`);
  } else if (form.is === "object") declare(kind, form.fields, "");
  if (problems.length > 0) throw new Error(`arguments of ${kind}:\n${problems.map((one) => `  ${one}`).join("\n")}`);
  const own = [...found.values()].sort((a, b) => Number(b.name === `${kind}Args`) - Number(a.name === `${kind}Args`));
  for (const { name, text } of own) {
    const what = name === `${kind}Args` ? `Arguments of a {@link ${kind}}.` : `Part of the arguments of a ${kind}.`;
    out.push(`/** ${what.replace(/\{@link (\w+)\}/, "$1")} */\nexport interface ${name} {\n${text}\n}\n`);
  }
  return out;
}

/** One member of a union that its `type` tells apart. */
function discriminated(kind: string, form: Form) {
  if (form.is !== "object") throw new Error(`${kind}: only objects can be told apart by their type`);
  const value = form.fields.find(({ name }) => name === "type")?.form;
  if (value?.is !== "plain") throw new Error(`${kind}: a member has no type`);
  return { name: `${kind}${capital(JSON.parse(value.text) as string)}`, fields: form.fields, schema: form.schema };
}

const widest = 110;

/** Paragraphs in lines of a readable length. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < widest) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const commented = (lines: readonly string[], indent: string): string[] => [
  `${indent}/**`,
  ...lines.map((line) => `${indent} *${line === "" ? "" : ` ${line}`}`),
  `${indent} */`,
];
