"""The API of openapi/device.yaml as a FastAPI and pydantic v2 team would write it. Prints the document that it publishes.

    pip install fastapi python-multipart && python fastapi_app.py > fastapi.json

Made-up test data: nobody serves this.
"""

import json
from datetime import datetime
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import UUID4, BaseModel, Base64Bytes, ConfigDict, Field
from pydantic.alias_generators import to_camel

app = FastAPI(title="Legit.Health Plus", version="2.1.0", description="Clinical data processing as a service.")
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="login")
Token = Annotated[str, Depends(oauth2_scheme)]
Percentage = Annotated[float, Field(ge=0, le=100)]
YesNo = Annotated[int, Field(ge=0, le=1)]
Grade3 = Annotated[int, Field(ge=0, le=3)]
Grade4 = Annotated[int, Field(ge=0, le=4)]
Grade6 = Annotated[int, Field(ge=0, le=6)]
Visual10 = Annotated[int, Field(ge=0, le=10)]
Natural = Annotated[int, Field(ge=0)]


class Schema(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class TokenKind(str, Enum):
    access = "Access token"
    bearer = "Bearer token"


class TokenResponse(BaseModel):
    access_token: str
    token_type: TokenKind = TokenKind.access
    expires_in_minutes: int


class SystemCode(str, Enum):
    dlqi = "dlqi"
    gags = "gags"
    ihs4 = "ihs4"
    pasi = "pasi"
    pga = "pga"
    pure4 = "pure4"
    resvech = "resvech"
    scorad = "scorad"
    scovid = "scovid"
    seven_pc = "sevenPc"
    uas = "uas"
    uct = "uct"
    aeasi = "aeasi"
    agppga = "agppga"
    aihs4 = "aihs4"
    aladin = "aladin"
    apasi = "apasi"
    asalt = "asalt"
    ascorad = "ascorad"
    auas = "auas"
    avasi = "avasi"
    awosi = "awosi"
    nsil = "nsil"


BodySiteCode = Enum(
    "BodySiteCode",
    {
        code: code
        for code in (
            "headFront headBack headTop headLeft headRight armLeft armRight trunkFront trunkBack legLeft legRight "
            "handLeft handRight footLeft footRight genital nails scalp earLeft earRight perioral tongue elbowLeft "
            "elbowRight upperArmLeft upperArmRight lowerArmLeft lowerArmRight kneeLeft kneeRight upperLegLeft "
            "upperLegRight lowerLegLeft lowerLegRight"
        ).split()
    },
    type=str,
)
ViewCode = Enum(
    "ViewCode",
    {
        code: code
        for code in (
            "armLeftBottom armLeftTop armRightBottom armRightTop faceFront faceLeft faceRight footLeft footRight "
            "handLeft handRight legsBack legsFront trunkBack trunkFront trunkLeft trunkRight"
        ).split()
    },
    type=str,
)


class IntensityLevel(IntEnum):
    none = 0
    low = 1
    moderate = 2
    high = 3


class LocalizedText(Schema):
    value: str


class ManufacturerInfo(Schema):
    name: str
    address: str | None = None


class DeviceLabel(Schema):
    model_config = ConfigDict(extra="allow")
    manufacturer: ManufacturerInfo
    name: list[LocalizedText]
    version: list[LocalizedText]


class ContentAttachment(Schema):
    data: Base64Bytes = Field(description="Image encoded in base64")
    title: str | None = None
    content_type: str | None = "image/png"


class MediaInput(Schema):
    content_attachment: ContentAttachment


class CodingIn(Schema):
    code: str
    display: str
    system: str
    system_display: str
    version: str | None = None


class CodeableConceptIn(Schema):
    text: str
    coding: list[CodingIn] | None = None


class KnownConditionIn(Schema):
    conclusion: CodeableConceptIn


def sheet(name: str, **items: Any) -> type[BaseModel]:
    """A questionnaire: `{"questionnaireResponse": {"item": {…}}}`."""
    from pydantic import create_model

    item = create_model(f"{name}Items", __base__=Schema, **{key: (kind, ...) for key, kind in items.items()})
    response = create_model(f"{name}QuestionnaireResponse", __base__=Schema, item=(item, ...))
    return create_model(f"{name}Input", __base__=Schema, questionnaire_response=(response, ...))


DlqiInput = sheet("Dlqi", **{f"question{n}": Grade3 for n in range(1, 11)})
GagsInput = sheet("Gags", forehead=Grade4, right_cheek=Grade4, left_cheek=Grade4, nose=Grade4, chin=Grade4, chest_and_upper_back=Grade4)
Ihs4Input = sheet("Ihs4", nodule=Natural, abscess=Natural, draining_tunnel=Natural)
PasiInput = sheet("Pasi", surface=Grade6, erythema=Grade4, induration=Grade4, desquamation=Grade4)
PgaInput = sheet("Pga", erythema=Grade4, desquamation=Grade4, induration=Grade4)
Pure4Input = sheet("Pure4", **{f"question{n}": Literal[0, 1] for n in range(1, 5)})
ResvechInput = sheet(
    "Resvech",
    wound_dimensions=Grade4, tissues=Grade4, edges=Grade4, tissue_in_wound_bed=Grade4, exudate=Grade4,
    frequency_of_pain=Grade4, maceration_around_wound=YesNo, tunneling=Grade4, increasing_pain=Grade4,
    erythema_around_wound=Grade4, edema_around_wound=Grade4, temperature_rise=YesNo, increasing_exudate=Grade4,
    purulent_exudate=YesNo, tissue_friable_or_bleeds_easily=Grade4, stationary_wound=Grade4,
    biofilm_compatible_tissue=Grade4, odor=Grade4, hypergranulation=Grade4, increasing_wound=Grade4,
    satellite_lesions=Grade4, tissue_paleness=Grade4,
)
ScoradInput = sheet(
    "Scorad",
    surface=Percentage, erythema=Grade3, swelling=Grade3, crusting=Grade3, excoriation=Grade3, lichenification=Grade3,
    dryness=Grade3, pruritus=Visual10, sleeplessness=Visual10,
)
ScovidInput = sheet(
    "Scovid",
    pain=Visual10, pruritus=Visual10, fever=Grade3, cough=Grade3, cephalea=Grade3, myalgia_or_arthralgia=Grade3,
    malaise=Grade3, loss_of_taste_or_olfactory=Grade3, shortness_of_breath=Grade3, other_skin_problems=Grade3,
)
SevenPcInput = sheet(
    "SevenPc",
    change_in_size=YesNo, irregular_pigmentation=YesNo, irregular_border=YesNo, inflammation=YesNo,
    larger_than_other_lesions=YesNo, itch_or_altered_sensation=YesNo, crusting_or_bleeding=YesNo,
)
UasInput = sheet("Uas", pruritus=IntensityLevel, wheals=IntensityLevel)
UctInput = sheet("Uct", manifestations=Grade4, quality_of_life=Grade4, treatment_not_enough=Grade4, overall_under_control=Grade4)
AeasiInput = sheet("Aeasi", surface=Percentage, patient_age=Annotated[int, Field(ge=0, le=150)])
ApasiInput = sheet("Apasi", surface=Grade6)
AscoradInput = sheet("Ascorad", surface=Percentage, pruritus=Visual10, sleeplessness=Visual10)
AuasInput = sheet("Auas", pruritus=Grade3)


class NoAnswers(Schema):
    pass


class ManualScoringSystems(Schema):
    dlqi: DlqiInput | None = None
    gags: GagsInput | None = None
    ihs4: Ihs4Input | None = None
    pasi: PasiInput | None = None
    pga: PgaInput | None = None
    pure4: Pure4Input | None = None
    resvech: ResvechInput | None = None
    scorad: ScoradInput | None = None
    scovid: ScovidInput | None = None
    seven_pc: SevenPcInput | None = None
    uas: UasInput | None = None
    uct: UctInput | None = None


class LocalScoringSystems(Schema):
    aeasi: AeasiInput | None = None
    agppga: NoAnswers | None = None
    aihs4: NoAnswers | None = None
    aladin: NoAnswers | None = None
    apasi: ApasiInput | None = None
    asalt: NoAnswers | None = None
    ascorad: AscoradInput | None = None
    auas: AuasInput | None = None
    avasi: NoAnswers | None = None
    awosi: NoAnswers | None = None
    nsil: NoAnswers | None = None


class ViewPayload(Schema):
    payload: MediaInput


class WholeBodyInput(Schema):
    item: dict[ViewCode, ViewPayload] = Field(min_length=1)


class DiagnosisSupportIn(Schema):
    payload: list[MediaInput] = Field(min_length=1, max_length=3)


class ManualAssessmentIn(Schema):
    payload: list[MediaInput] = []
    body_site: BodySiteCode
    known_condition: KnownConditionIn
    scoring_system: ManualScoringSystems


class LocalAssessmentIn(Schema):
    payload: MediaInput
    body_site: BodySiteCode
    known_condition: KnownConditionIn
    scoring_system: LocalScoringSystems


class GlobalAssessmentIn(Schema):
    known_condition: KnownConditionIn
    scoring_system: dict[SystemCode, WholeBodyInput]


class CodingOut(Schema):
    code: str
    display: str | None = None
    system: str | None = None
    system_display: str | None = None
    version: str | None = None


class CodeableConcept(Schema):
    text: str | None = None
    coding: list[CodingOut] | None = None


class ReportIdentifier(Schema):
    use: str | None = None
    value: UUID4


class AdditionalDatum(Schema):
    value: float
    code: CodeableConcept
    interpretation: str | None = None


class ImageOut(Schema):
    title: str
    content_type: str
    data: Base64Bytes
    height: Natural
    width: Natural
    color_model: str


class QualityMetric(Schema):
    acceptable: bool
    score: Percentage
    interpretation: str


class DomainMetric(Schema):
    is_dermatological: bool
    additional_data: dict[str, AdditionalDatum] | None = None


class ModalityMetric(Schema):
    value: Literal["None", "Clinical", "Dermoscopic"]
    additional_data: dict[str, AdditionalDatum] | None = None


class MediaValidityMetrics(Schema):
    quality: QualityMetric
    domain: DomainMetric
    modality: ModalityMetric
    is_valid: bool = Field(description="Whether the image is of sufficient quality and dermatological")


class ClinicalIndicators(Schema):
    has_condition: Percentage
    pigmented_lesion: Percentage
    malignancy: Percentage
    urgent_referral: Percentage
    high_priority_referral: Percentage


class PerformanceIndicators(Schema):
    sensitivity: Percentage
    specificity: Percentage
    entropy: Percentage


class ImagePerformance(Schema):
    entropy: Percentage


class Hypothesis(Schema):
    probability: Percentage
    code: CodeableConcept


class ExplainabilityMedia(Schema):
    heat_map: ImageOut


class ImageHypothesis(Hypothesis):
    explainability: ExplainabilityMedia | None = None


class ImageAnalysis(Schema):
    conclusion: list[ImageHypothesis] | None = None
    media_validity: MediaValidityMetrics
    performance_indicator: ImagePerformance
    clinical_indicator: ClinicalIndicators


class Report(Schema):
    model_config = ConfigDict(extra="allow")
    resource_type: Literal["DiagnosticReport"] = "DiagnosticReport"
    identifier: ReportIdentifier | None = None
    status: Literal["preliminary", "final"] = "preliminary"
    issued: datetime
    analysis_duration: float


class DiagnosisReport(Report):
    category: list[CodeableConcept] | None = None
    code: CodeableConcept | None = None
    clinical_indicator: ClinicalIndicators
    performance_indicator: PerformanceIndicators
    conclusion: list[Hypothesis] | None = None
    imaging_analysis: list[ImageAnalysis]


class ScoreLevel(Schema):
    category: str
    intensity: IntensityLevel


class BandCoding(Schema):
    code: IntensityLevel
    display: str | None = None


class Band(Schema):
    min: float | None = None
    max: float | None = None
    text: str
    coding: list[BandCoding] | None = None


class ScoreSeverity(Schema):
    value: IntensityLevel
    interpretations: list[Band] = []


class ScoreData(Schema):
    global_score_contribution: AdditionalDatum | None = None


class ScoreOut(Schema):
    value: float
    interpretation: ScoreLevel | None = None
    severity: ScoreSeverity | None = None
    additional_data: ScoreData | None = None


class EvolutionItemOut(Schema):
    code: CodeableConcept
    value: float | bool
    interpretation: str | None = None
    additional_data: dict[str, AdditionalDatum] | None = None


class Corners(Schema):
    x1: float
    y1: float
    x2: float
    y2: float


class DetectionOut(Schema):
    confidence: float
    code: CodeableConcept
    box: Corners


class MediaOut(Schema):
    attachment: dict[str, ImageOut] | None = None
    detection: list[DetectionOut] | None = None


class EvolutionOut(Schema):
    score: ScoreOut
    item: dict[str, EvolutionItemOut] | None = None
    media: MediaOut | None = None


class AssessmentReport(Report):
    media_validity: MediaValidityMetrics | None = None
    patient_evolution: dict[SystemCode, EvolutionOut | None]


class ViewOut(Schema):
    model_config = ConfigDict(extra="allow")
    media_validity: MediaValidityMetrics | None = None
    score: ScoreOut | None = None
    media: MediaOut | None = None


class WholeBodyEvolution(Schema):
    score: ScoreOut
    item: dict[ViewCode, ViewOut] | None = None
    media: MediaOut | None = None


class WholeBodyReport(Report):
    media_validity: MediaValidityMetrics | None = None
    patient_evolution: dict[SystemCode, WholeBodyEvolution | None]


@app.post("/login", tags=["auth"], response_model=TokenResponse)
def login(form_data: Annotated[OAuth2PasswordRequestForm, Depends()]):
    """Returns an access token."""


@app.get("/device-information", tags=["device"])
def get_device_information(token: Token) -> DeviceLabel:
    """Returns the electronic label."""


@app.post("/diagnosis-support", tags=["clinical"])
async def diagnosis_support(request: DiagnosisSupportIn, token: Token) -> DiagnosisReport:
    """Diagnosis support from one to three images."""


severity = APIRouter(prefix="/severity-assessment", tags=["clinical"])


@severity.post("/manual", response_model=AssessmentReport)
async def manual_severity_assessment(request: ManualAssessmentIn, token: Token): ...


@severity.post("/automatic/local", response_model=AssessmentReport)
async def automatic_local_severity_assessment(request: LocalAssessmentIn, token: Token): ...


@severity.post("/automatic/global", response_model=WholeBodyReport)
async def automatic_global_severity_assessment(request: GlobalAssessmentIn, token: Token): ...


app.include_router(severity)

if __name__ == "__main__":
    print(json.dumps(app.openapi(), indent=1))
