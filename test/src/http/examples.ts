/** The requests of docs/api-examples.md: blocks of curl, each with the status that it says it answers. */

export interface Example {
  /** What is expected: a status, and the code of an error. */
  status: number;
  code: string | null;
  /** Names of what later examples use, each with where in the answer it stands. */
  keeps: Record<string, string[]>;
  words: Word[];
}

/** A piece of a word of the shell: text, or a variable. */
type Piece = { text: string } | { variable: string };
type Word = Piece[];

const wanted = /^# (\d{3})(?: ([a-z_]+))?(?: → (.+))?$/;

/** Splits a command as a shell does, as far as the examples go: both quotes and variables. */
function wordsOf(command: string): Word[] {
  const words: Word[] = [];
  let word: Word | null = null;
  const token = /'([^']*)'|"((?:[^"\\]|\\.)*)"|(\s+)|\$(\w+)|([^\s'"$]+)/gy;
  for (const [, single, double, blank, variable, plain] of command.matchAll(token)) {
    if (blank !== undefined) {
      word = null;
      continue;
    }
    if (word === null) {
      word = [];
      words.push(word);
    }
    if (variable !== undefined) word.push({ variable });
    else if (double !== undefined) word.push(...piecesOf(double));
    else word.push({ text: single ?? plain ?? '' });
  }
  return words;
}

const piecesOf = (text: string): Piece[] =>
  text.split(/(\$\w+)/).map((part) => (part.startsWith('$') ? { variable: part.slice(1) } : { text: part }));

/** All examples of a document, in order. Throws for a block that says nothing of its answer. */
export const examplesOf = (document: string): Example[] =>
  [...document.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => {
    const [head = '', ...lines] = block.trim().split('\n');
    const [, status, code, keeps = ''] = wanted.exec(head) ?? [];
    if (status === undefined) throw new Error(`an example does not say what it answers: ${head}`);
    const kept = keeps.split(' ').filter((one) => one !== '');
    return {
      status: Number(status),
      code: code ?? null,
      keeps: Object.fromEntries(
        kept.map((one) => {
          const [name = '', path = ''] = one.split('=');
          return [name, path.split('.').slice(1)];
        }),
      ),
      words: wordsOf(lines.join('\n').replaceAll('\\\n', ' ')),
    };
  });

export interface Request {
  method: string;
  /** With its query. */
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** The request of an example; `values` are the variables. Throws for an option that it does not know. */
export function requestOf({ words }: Example, values: Readonly<Record<string, string>>): Request {
  const textOf = (piece: Piece) => {
    if ('text' in piece) return piece.text;
    const value = values[piece.variable];
    if (value === undefined)
      throw new Error(`an example uses $${piece.variable}, which nothing before it has answered`);
    return value;
  };
  const [program, ...rest] = words.map((word) => word.map(textOf).join(''));
  if (program !== 'curl') throw new Error(`an example is no curl: ${program}`);
  const request: Request = { method: '', path: '', headers: {}, body: undefined };
  for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
    if (next === '-X') request.method = rest.shift() ?? '';
    else if (next === '-d') request.body = rest.shift() ?? '';
    else if (next === '-H') {
      const [name = '', value = ''] = (rest.shift() ?? '').split(/: (.*)/s);
      request.headers[name] = value;
    } else if (next.startsWith('-')) throw new Error(`an example has the option ${next}`);
    else request.path = next;
  }
  return { ...request, method: request.method || (request.body === undefined ? 'GET' : 'POST') };
}
