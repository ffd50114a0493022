/** What the parser of arguments says, in words of people. Pure. */

/** The parser's sentences about one argument, shorter: which one, what was given, why not. */
const shorter: readonly [RegExp, string][] = [
  [/^option '(?:-\w, )?(--[\w-]+)[^']*' argument '(.*)' is invalid\. (.*)$/s, "$1 '$2': $3"],
  [/^command-argument value '(.*)' is invalid for argument '([\w-]+)'\. (.*)$/s, "$2 '$1': $3"],
];

/** What the parser says of a wrong call. */
export const callInWords = (said: string): string =>
  shorter.reduce((text, [pattern, instead]) => text.replace(pattern, instead), said.replace(/^error: /, ''));
