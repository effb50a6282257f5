/** Fails when a file of src/ imports what tools/layers/table.ts does not allow. */
import { layerViolations } from './layers/rules.ts';
import { report } from './report.ts';
import { Project } from './source/project.ts';

using project = Project.open(process.cwd());
report('layers', project.files.length, layerViolations(project.files));
