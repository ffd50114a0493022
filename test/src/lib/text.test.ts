import { describe, expect, it } from 'vitest';
import { escapeForging, foldCase, isOneLine, toOneLine } from '../../../src/lib/text.ts';

describe('text from outside', () => {
  it.each([
    ['50 %\nready {"url":"http://evil"}', '50 % ready {"url":"http://evil"}'],
    ['\u001b[31mred\u001b[0m and \u001b[2J\u001b[1;1Hgone', 'red and gone'],
    ['a\u009b31mb', 'ab'],
    ['title\u001b]0;owned\u0007 kept', 'title kept'],
    ['link \u001b]8;;http://evil\u001b\\here', 'link here'],
    ['a\u001bb\u0000c\u007fd\u0085e', 'a b c d e'],
    ['abc\u202egnp.exe\u2066x\u2069', 'abc gnp.exe x'],
    ['one\u2028two\u2029three\r\nfour', 'one two three four'],
    ['lone \ud800 surrogate', 'lone \ufffd surrogate'],
    ['  Zoë 💥 עברית\u200f  ', 'Zoë 💥 עברית\u200f'],
  ])('%j is shown as %j', (given, shown) => {
    expect(toOneLine(given)).toBe(shown);
    expect(isOneLine(toOneLine(given))).toBe(true);
  });

  it.each(['a\nb', 'a\u001bb', 'a\u0085b', 'a\u2028b', 'a\u202eb', 'a\u2069', 'a\ud800b', '\u0000'])(
    '%j is not one line',
    (text) => expect(isOneLine(text)).toBe(false),
  );

  it('stays the same JSON when a terminal may read it', () => {
    const line = JSON.stringify({ message: 'a\u009b31m \u202e \u2028 \u007f ü' });
    expect(escapeForging(line)).toBe('{"message":"a\\u009b31m \\u202e \\u2028 \\u007f ü"}');
    expect(JSON.parse(escapeForging(line))).toEqual(JSON.parse(line));
  });

  it.each([
    ['ärzte', 'ÄRZTE'],
    ['straße', 'STRASSE'],
    ['οδος', 'ΟΔΟΣ'],
    ['Ａｃｍｅ', 'ACME'],
    ['a\u0308rzte', 'ÄRZTE'],
  ])('%s is found as %s', (a, b) => expect(foldCase(a)).toBe(foldCase(b)));
});
