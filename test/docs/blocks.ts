import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";

/** One example of the documentation. */
export interface Block {
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

export const pageText = (page: string): string => fs.readFileSync(path.join(projectRoot, page), "utf8");

/** Every fenced block; one without a language is for the shell. */
export const blocks: readonly Block[] = pages.flatMap((page) =>
  [...pageText(page).matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
    page,
    language: language === "" ? "sh" : language,
    text,
  })),
);

/** Commands within sentences and tables. */
export const inlineCommands = (page: string): string[] =>
  [
    ...pageText(page)
      .replace(/^```[^]*?^```$/gm, "")
      .matchAll(/`(pulumi [a-z][^`\n]*)`/g),
  ].map(([, text = ""]) => text);
