import { describe, expect, it } from 'vitest';
import { thingsOf, withoutParts } from '../../../exporter/metering/things.ts';
import { series } from './series-kit.ts';

const cpu = (name: string, job: string, container = 'c') => series({ pod: 'p', container, job, cpu: name }, [0, 1]);

describe('what is one thing', () => {
  it('is a container once, that one job shows as a total and another by processor', () => {
    const total = cpu('total', 'kubelet');
    const parts = [cpu('cpu00', 'cadvisor'), cpu('cpu01', 'cadvisor')];
    const alone = [cpu('cpu00', 'cadvisor', 'd'), cpu('cpu01', 'cadvisor', 'd')];
    const found = thingsOf(withoutParts([total, ...parts, ...alone]), ['pod', 'container'], ['id', 'cpu']);
    expect(found.map((t) => t.series)).toEqual([[total], ...alone.map((one) => [one])]);
  });
});
