/** Rules of a customer's own data. Pure. */
import type { SignupBody } from '../contracts/customers.ts';
import { err, ok, type Result } from '../lib/result.ts';

/** Emails are compared trimmed and in lower case. */
export const normaliseEmail = (email: string): string => email.trim().toLowerCase();

export interface Names {
  companyName: string;
  fullName: string | null;
}

export type NamesFailure =
  | { code: 'conflicting_fields'; message: string }
  | { code: 'validation_failed'; message: string; details: { issues: { path: string; message: string }[] } };

/** The names of a signup, in either spelling; two different values are refused (contract: Signup). */
export function namesOf(body: SignupBody): Result<Names, NamesFailure> {
  const company = oneOf(body.company_name, body.companyName);
  const full = oneOf(body.full_name, body.fullName);
  if (company === 'conflict') return err(conflict('company_name', 'companyName'));
  if (full === 'conflict') return err(conflict('full_name', 'fullName'));
  if (company === undefined) {
    const issues = [{ path: 'company_name', message: 'is required' }];
    return err({ code: 'validation_failed', message: 'company_name: is required', details: { issues } });
  }
  return ok({ companyName: company.value, fullName: full?.value ?? null });
}

function oneOf(a: string | undefined, b: string | undefined): { value: string } | 'conflict' | undefined {
  if (a !== undefined && b !== undefined && a !== b) return 'conflict';
  const value = a ?? b;
  return value === undefined ? undefined : { value };
}

const conflict = (a: string, b: string): NamesFailure => ({
  code: 'conflicting_fields',
  message: `${a} and ${b} have different values`,
});
