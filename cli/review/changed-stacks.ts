/** Where a file is that belongs to one stack alone. */
const ofOneStack = [/^Pulumi\.([^/]+)\.yaml$/, /^stacks\/([^/]+)\.ts$/];
/** What no stack reads: whether it changed says nothing of any. */
const ofNone = /^(docs|test|bench|simulator|examples|\.github)\/|\.md$|^LICENSE$/;

/**
 * The stacks whose preview can have changed: those whose own files did, or all of them, when something did that all share.
 *
 * @param files paths from the project's root, as `git diff --name-only` prints them
 * @param stacks those that there are: the names in `Pulumi.<name>.yaml`
 */
export function changedStacks(files: readonly string[], stacks: readonly string[]): string[] {
  const found = new Set<string>();
  for (const file of files) {
    if (ofNone.test(file)) continue;
    const own = ofOneStack.map((pattern) => pattern.exec(file)?.[1]).find((name) => name !== undefined);
    // A stack that is gone has nothing to be previewed; `stacks/index.ts` and what it loads is everybody's.
    if (own !== undefined && (stacks.includes(own) || file.endsWith(".yaml"))) {
      if (stacks.includes(own)) found.add(own);
    } else for (const stack of stacks) found.add(stack);
  }
  return stacks.filter((stack) => found.has(stack));
}
