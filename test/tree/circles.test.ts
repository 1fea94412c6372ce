import assert from "node:assert/strict";
import { importsOf, projectFiles } from "./sources";

/** What each file needs of the others, be it types alone. */
function neededBy(files: ReadonlySet<string>): Map<string, string[]> {
  const sources = [...files].filter((file) => file.endsWith(".ts"));
  return new Map(
    sources.map((from) => {
      const targets = importsOf(from)
        .filter(({ isOurs }) => isOurs)
        .map(({ to }) => [`${to}.ts`, `${to}/index.ts`].find((file) => files.has(file)));
      return [from, targets.filter((file) => file !== undefined)];
    }),
  );
}

/** One way round for each circle that a walk comes to: `a -> b -> a`. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const found: string[] = [];
  const walk = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file].join(" -> "));
    if (start >= 0 || done.has(file)) return;
    path.push(file);
    for (const next of graph.get(file) ?? []) walk(next);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) walk(file);
  return found;
}

// What is loaded in a circle is seen half made by the one of its files that comes first; and none of the files of a circle,
// be it one of types, can be read and understood before the others.
describe("circles of files that need each other", () => {
  it("are not there", () => {
    const graph = neededBy(new Set(projectFiles()));
    assert.ok((graph.get("providers/vm/vm.provider.ts") ?? []).length > 10, "the imports were not read");
    assert.deepEqual(circles(graph), []);
  });

  it("would be found", () => {
    const graph = { a: ["b"], b: ["c", "d"], c: ["b"], d: ["d"], e: ["a"] };
    assert.deepEqual(circles(new Map(Object.entries(graph))), ["b -> c -> b", "d -> d"]);
  });
});
