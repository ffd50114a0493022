import { describe, expect, it } from 'vitest';
import { readable } from '../../../dev/processes/readable.ts';

describe('what a person reads of a log line', () => {
  it('is its message and fields, and how bad it is', () => {
    const line =
      '{"level":50,"time":1,"pid":2,"hostname":"h","name":"provisioner","job":"job_1","ms":12,"msg":"job failed"}';
    expect(readable(line)).toBe('error: job failed job=job_1 ms=12');
    expect(readable('{"level":"info","message":"usage stored","rows":3}')).toBe('usage stored rows=3');
  });

  it('is the line itself where it is no such log', () => {
    for (const line of ['plain', '{broken', '{"no":"message"}', '{"msg":5}', '']) expect(readable(line)).toBe(line);
  });

  it('is one line that no terminal obeys, whoever wrote the text', () => {
    const forged = 'x\nready {"url":"http://evil"}\r\u001b[2Jy\u202ez\u2028\u009b';
    const harmless = String.raw`x\u{a}ready {"url":"http://evil"}\u{d}\u{1b}[2Jy\u{202e}z\u{2028}\u{9b}`;
    expect(readable(JSON.stringify({ msg: 'failed', reason: forged }))).toBe(`failed reason=${harmless}`);
    expect(readable(JSON.stringify({ message: forged }))).toBe(harmless);
    expect(readable(forged)).toBe(harmless);
  });
});
