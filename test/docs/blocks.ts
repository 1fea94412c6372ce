import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";

/** One example of the documentation. */
interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

/** What users read: the README and the pages in docs/. */
export const pages = [
  "README.md",
  ...fs
    .readdirSync(path.join(projectRoot, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

const pageText = (page: string): string => fs.readFileSync(path.join(projectRoot, page), "utf8");

/** Fenced blocks; one without a language is for the shell. */
const blocksOf = (page: string): Block[] =>
  [...pageText(page).matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
    page,
    language: language === "" ? "sh" : language,
    text,
  }));

export const blocks: readonly Block[] = pages.flatMap(blocksOf);

/** The examples in the comments of the classes, as the reference shows them. */
export const referenceBlocks: readonly Block[] = fs
  .readdirSync(path.join(projectRoot, "docs/reference"))
  .flatMap((name) => blocksOf(`docs/reference/${name}`));

/** Commands within sentences and tables. */
export const inlineCommands = (page: string): string[] =>
  [
    ...pageText(page)
      .replace(/^```[^]*?^```$/gm, "")
      .matchAll(/`(pulumi [a-z][^`\n]*)`/g),
  ].map(([, text = ""]) => text);
