/** Changing the catalogue: check a plans.yaml, simulate it, publish it. */
import { Alert, Button, Card, CardBody, CardTitle, PageSection, Stack, StackItem } from '@patternfly/react-core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { checkPlans } from '../../../src/contracts/routes/plans.ts';
import { beginSimulation } from '../../../src/contracts/routes/simulations.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import { useDeed } from '../data/use-deed.ts';
import { PageTitle } from '../shell/page-title.tsx';
import { FailureAlert } from '../states/failure-alert.tsx';
import { consoleTexts } from '../texts/console.ts';
import { catalogueTexts } from '../texts/console-catalogue.ts';
import { catalogueAddress } from './addresses.ts';
import { CheckResult } from './change-check.tsx';
import { PlansFile } from './plans-file.tsx';
import { Publish } from './publish.tsx';
import { Simulation } from './simulation.tsx';

const texts = catalogueTexts.change;

export function Page() {
  const [query, setQuery] = useSearchParams();
  const [yaml, setYaml] = useState('');
  const [isPublished, setPublished] = useState(false);
  const check = useDeed(checkPlans);
  const simulationId = query.get('simulation');
  const write = (text: string) => {
    setYaml(text);
    setPublished(false);
    check.reset();
  };
  const isValid = check.data?.valid === true;
  return (
    <>
      <PageTitle
        title={consoleTexts.change}
        intro={texts.intro}
        above={{ label: catalogueTexts.toCatalogue, to: catalogueAddress }}
      />
      <PageSection className="tenantry-foreign">
        <Stack hasGutter>
          <StackItem>
            <Card>
              <CardTitle component="h2">{texts.checkTitle}</CardTitle>
              <CardBody>
                <Stack hasGutter>
                  <StackItem>
                    <PlansFile value={yaml} onChange={write} />
                  </StackItem>
                  <StackItem>
                    <Button
                      isLoading={check.isPending}
                      isDisabled={check.isPending || yaml.trim() === ''}
                      data-operation={checkPlans.operation}
                      onClick={() => check.mutate({ body: { yaml } })}
                    >
                      {texts.check}
                    </Button>
                  </StackItem>
                  {check.error ? (
                    <StackItem>
                      <FailureAlert failure={check.error.failure} />
                    </StackItem>
                  ) : null}
                  {check.data === undefined ? null : (
                    <StackItem>
                      <CheckResult answer={check.data} />
                    </StackItem>
                  )}
                </Stack>
              </CardBody>
            </Card>
          </StackItem>
          <StackItem>
            <Card>
              <CardTitle component="h2">{texts.simulateTitle}</CardTitle>
              <CardBody>
                {isValid ? (
                  <Deed
                    route={beginSimulation}
                    label={texts.simulate.label}
                    title={texts.simulate.title}
                    what={<Words of={texts.simulate.what} />}
                    input={() => ({ body: { yaml } })}
                    changes={[]}
                    onDone={({ simulation_id }) => setQuery({ simulation: simulation_id })}
                  />
                ) : (
                  <p>{texts.needed}</p>
                )}
                {simulationId === null ? null : <Simulation simulationId={simulationId} />}
              </CardBody>
            </Card>
          </StackItem>
          <StackItem>
            <Card>
              <CardTitle component="h2">{texts.publishTitle}</CardTitle>
              <CardBody>
                {isPublished ? <Alert isInline variant="success" title={texts.published} /> : null}
                {isValid ? (
                  <Publish key={yaml} yaml={yaml} onPublished={() => setPublished(true)} />
                ) : (
                  <p>{texts.needed}</p>
                )}
              </CardBody>
            </Card>
          </StackItem>
        </Stack>
      </PageSection>
    </>
  );
}
