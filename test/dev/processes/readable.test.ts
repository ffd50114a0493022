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
});
