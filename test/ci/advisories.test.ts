import { describe, expect, it } from 'vitest';
import { readAudit } from '../../.ci/advisories.mjs';

describe('what npm audit prints', () => {
  it('names the packages of which an advisory is known', () => {
    const report = { vulnerabilities: { old: { name: 'old', severity: 'high', range: '<2.0.0', via: [] } } };
    expect(readAudit(`npm warn x\n${JSON.stringify(report)}\n`)).toEqual({
      answered: true,
      advisories: ['old <2.0.0: high'],
    });
    expect(readAudit('{"vulnerabilities":{}}')).toEqual({ answered: true, advisories: [] });
  });

  it('is no report where the registry does not answer', () => {
    expect(readAudit('')).toEqual({ answered: false });
    expect(readAudit('{"message":"404 Not Found","error":{"summary":""}}')).toEqual({ answered: false });
    expect(readAudit('npm error audit endpoint returned an error\n{')).toEqual({ answered: false });
  });
});
