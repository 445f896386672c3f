// Draws the plots of a page that has no circuit, such as the report.
import { show } from './plot.js';

for (const figure of document.querySelectorAll('figure[data-plot]')) show(figure, figure.dataset.plot);
