import { code, within } from "./markdown";
import type { PlannedChange, Preview } from "./planned-changes";
import { DeletionsOfPreview } from "./deletions-of-preview";

/** Most characters of a comment. */
const limit = 60_000;

/** What a reviewer has to see first, the gravest first; `pattern` is looked for in what the providers say. */
const interruptions: readonly { readonly title: string; readonly pattern: RegExp }[] = [
  { title: "Lets backups go", pattern: /(^|; )prune: / },
  { title: "Wipes", pattern: /\bwip(e|es|ed|ing)\b/i },
  { title: "Reboots", pattern: /(^|; )reboot: |\breboots?\b/ },
  { title: "Plugs in while it runs, or reboots where that cannot be", pattern: /(^|; )hot-plug: / },
  { title: "Reloads the network of a node", pattern: /(^|; )reload: |\breloads?\b/ },
  { title: "Removes or joins a node", pattern: /(^|; )(join|leave|remove|replace node): / },
  { title: "Changes quorum votes", pattern: /(^|; )changes quorum votes\b/ },
  { title: "Moves guests", pattern: /(^|; )migrate: / },
  { title: "Upgrades packages", pattern: /(^|; )upgrade: / },
];

interface SummaryOptions {
  /** Whose preview it is. */
  readonly stack?: string;
  /** What was found is what somebody has changed by hand, not what the program changes. */
  readonly drift?: boolean;
}

/** Is there anything that `up` would change? */
export const changesAnything = ({ changes }: Preview): boolean =>
  changes.some(({ operation }) => operation !== "same" && operation !== "read");

/** A preview as a comment in Markdown: what destroys, interrupts or removes comes first. */
export function summaryOf(preview: Preview, options: SummaryOptions = {}): string {
  const { changes, warnings, errors, withLines, complete } = preview;
  const of = (operation: PlannedChange["operation"]) => changes.filter((change) => change.operation === operation);
  const sections: string[][] = [];
  const section = (title: string, found: readonly PlannedChange[], line: (change: PlannedChange) => string) => {
    if (found.length > 0)
      sections.push([`### ${title} (${found.length})`, "", ...found.map((one) => `- ${line(one)}`), ""]);
  };
  const gone = of("delete");
  const becomes = new DeletionsOfPreview(changes);
  const effect = (change: PlannedChange) => becomes.of(change)?.effect;
  const words = (change: PlannedChange): string => becomes.of(change)?.words ?? "";
  const deleted = (change: PlannedChange): string => [withWords(change), words(change)].filter(Boolean).join(": ");
  /** A replacement is two things: what the provider says of the new one, and what becomes of the old one. */
  const replaced = (change: PlannedChange): string =>
    [withWords(change), words(change)].filter(Boolean).join("; the old one: ");
  if (options.drift) {
    section("Gone from the cluster", gone, called);
    section("Changed by hand", of("update"), withWords);
    section("New in the state", of("create"), called);
  } else {
    section(
      "Takes a cluster apart",
      gone.filter((one) => effect(one) === "ends"),
      deleted,
    );
    section(
      "Destroys data",
      gone.filter((one) => effect(one) === "destroys"),
      deleted,
    );
    section("Replaces", of("replace"), replaced);
    const rest = new Set(changes.filter(({ operation }) => operation === "update" || operation === "create"));
    for (const { title, pattern } of interruptions) {
      const found = [...rest].filter(({ lines }) => lines.some((line) => pattern.test(line)));
      section(title, found, withWords);
      for (const one of found) rest.delete(one);
    }
    section(
      "Removes",
      gone.filter((one) => (effect(one) ?? "removes") === "removes"),
      deleted,
    );
    section(
      "Is refused: the `up` ends with an error there",
      gone.filter((one) => effect(one) === "refused"),
      deleted,
    );
    section(
      "Is no longer looked after, and stays",
      gone.filter((one) => effect(one) === "leaves"),
      deleted,
    );
    section(
      "Changes",
      [...rest].filter(({ operation }) => operation === "update"),
      withWords,
    );
    section(
      "Creates",
      [...rest].filter(({ operation }) => operation === "create"),
      withWords,
    );
  }
  const same = of("same").length + of("read").length;
  const title = `## ${options.drift ? "Drift" : "Preview"}${options.stack === undefined ? "" : ` of ${code(options.stack)}`}`;
  const texts = (heading: string, all: readonly string[]) =>
    all.length === 0 ? [] : [`### ${heading} (${all.length})`, "", ...all.map((text) => `- ${code(text)}`), ""];
  return within(limit, [
    ...[title, "", headline(preview, options, (one) => effect(one) === "leaves"), ""],
    ...(complete ? [] : ["**The preview did not come to its end: what follows is not all of it.**", ""]),
    ...texts("Errors", errors),
    ...sections.flat(),
    ...texts("Warnings", warnings),
    ...(withLines
      ? []
      : [
          "What each change does to its object is not known: set `PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true` for `pulumi preview --json`.",
          "",
        ]),
    ...[`${same} unchanged.`, ""],
  ]);
}

function headline({ changes }: Preview, { drift }: SummaryOptions, stays: (deleted: PlannedChange) => boolean): string {
  const words: readonly (readonly [PlannedChange["operation"] | "let go", string, string])[] = drift
    ? [
        ["delete", "is gone", "are gone"],
        ["update", "was changed by hand", "were changed by hand"],
        ["create", "is new", "are new"],
      ]
    : [
        ["delete", "to delete", "to delete"],
        ["replace", "to replace", "to replace"],
        ["update", "to change", "to change"],
        ["create", "to create", "to create"],
        ["let go", "to let go of", "to let go of"],
      ];
  const happens = (one: PlannedChange) =>
    !drift && one.operation === "delete" && stays(one) ? "let go" : one.operation;
  const counted = words.flatMap(([operation, one, many]) => {
    const count = changes.filter((change) => happens(change) === operation).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  });
  return counted.length === 0 ? "No changes." : `**${counted.join(", ")}.**`;
}

const called = ({ kind, name }: PlannedChange): string => code(`${kind} ${name}`);
const withWords = (change: PlannedChange): string =>
  change.lines.length === 0 ? called(change) : `${called(change)}: ${change.lines.map(code).join(" ")}`;
