"""The sets of answers of the referral form. Codes are stored, words are shown."""

from django.db.models import TextChoices


class AgeBasis(TextChoices):
    BORN = "born", "Yes, I know the date of birth"
    AGE = "age", "No, but I can say about how old they are"
    NOT_KNOWN = "not_known", "No, I do not know"


class Gender(TextChoices):
    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "They use another word"
    NOT_KNOWN = "not_known", "Not known"


class Blank(TextChoices):
    """Whether the answer is known and, if it is not, why: four words that stay apart."""

    KNOWN = "known", "Known"
    NOT_KNOWN = "not_known", "Not known"
    NOT_ASKED = "not_asked", "Not asked"
    DECLINED = "declined", "Declined to say"


class Ethnicity(TextChoices):
    """The groups of the 2021 census of England and Wales, then why there is none."""

    WHITE_BRITISH = "white_british", "White: English, Welsh, Scottish, Northern Irish or British"
    WHITE_IRISH = "white_irish", "White: Irish"
    WHITE_TRAVELLER = "white_traveller", "White: Gypsy or Irish Traveller"
    WHITE_ROMA = "white_roma", "White: Roma"
    WHITE_OTHER = "white_other", "White: any other background"
    MIXED_CARIBBEAN = "mixed_caribbean", "Mixed: White and Black Caribbean"
    MIXED_AFRICAN = "mixed_african", "Mixed: White and Black African"
    MIXED_ASIAN = "mixed_asian", "Mixed: White and Asian"
    MIXED_OTHER = "mixed_other", "Mixed: any other background"
    ASIAN_INDIAN = "asian_indian", "Asian: Indian"
    ASIAN_PAKISTANI = "asian_pakistani", "Asian: Pakistani"
    ASIAN_BANGLADESHI = "asian_bangladeshi", "Asian: Bangladeshi"
    ASIAN_CHINESE = "asian_chinese", "Asian: Chinese"
    ASIAN_OTHER = "asian_other", "Asian: any other background"
    BLACK_AFRICAN = "black_african", "Black: African"
    BLACK_CARIBBEAN = "black_caribbean", "Black: Caribbean"
    BLACK_OTHER = "black_other", "Black: any other background"
    ARAB = "arab", "Arab"
    OTHER = "other", "Any other ethnic group"
    NOT_KNOWN = "not_known", "Not known"
    NOT_ASKED = "not_asked", "Not asked"
    DECLINED = "declined", "Declined to say"


class Phoned(TextChoices):
    EMERGENCY = "999", "999"
    URGENT = "101", "101, the police Prevent team"


class Says(TextChoices):
    VIOLENCE = "violence", "Support for violence, or for a group that uses it"
    GRIEVANCE = "grievance", "A deep grievance about politics or religion"
    CONTEMPT = "contempt", "Contempt for people of another nationality, religion or culture"


class Material(TextChoices):
    MEDIA = "media", "Extremist films, books or posts"
    WEAPONS = "weapons", "Material about weapons, explosives or military training"
    CLOSED_GROUPS = "closed_groups", "Attempts to get into closed groups or sites"


class Behaviour(TextChoices):
    WITHDRAWAL = "withdrawal", "Leaving family and friends"
    HOSTILITY = "hostility", "Turning on family or former friends"
    COMPANY = "company", "Time with people who hold extremist views"


class History(TextChoices):
    CLAIMS = "claims", "Claims of taking part in a group that backs violence"
    EVIDENCE = "evidence", "Evidence of taking part in such a group"
    IDENTIFIES = "identifies", "Seeing themselves as part of its cause"


class Influence(TextChoices):
    """The methods of influence (R16)."""

    ONLINE = "online", "Online"
    PEERS = "peers", "Friends and peers"
    MEDIA = "media", "Television and other media"
    FAMILY = "family", "Family"
    CONTACT = "contact", "Direct contact with somebody"
    NOT_KNOWN = "not_known", "Not known"


class Lead(TextChoices):
    """Whether the referrer spoke to the safeguarding or Prevent lead at work (R8)."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NONE = "none", "I have no such lead, or I am a member of the public"


class Sector(TextChoices):
    EDUCATION = "education", "Education"
    HEALTH = "health", "Health"
    LOCAL_AUTHORITY = "local_authority", "Local authority"
    POLICE = "police", "Police"
    PRISON_PROBATION = "prison_probation", "Prison or probation"
    HOUSING = "housing", "Housing"
    CHARITY = "charity", "Charity or community group"
    FAITH = "faith", "Faith organisation"
    EMPLOYER = "employer", "Employer"
    FAMILY_FRIEND = "family_friend", "Family or friend of the person"
    PUBLIC = "public", "Member of the public"
    OTHER = "other", "Other"
